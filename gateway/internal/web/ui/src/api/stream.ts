/** One server-sent event. */
export interface Sent {
  id: string;
  event: string;
  data: string;
}

/**
 * Reads server-sent events from bytes as they come, whatever way they are cut into pieces. Comments are
 * passed over; an id that is not repeated stays.
 */
export class SentReader {
  private rest = '';
  private id = '';
  private readonly decoder = new TextDecoder();

  read(bytes: Uint8Array): Sent[] {
    this.rest += this.decoder.decode(bytes, { stream: true });
    const found: Sent[] = [];
    for (;;) {
      const end = /\r?\n\r?\n/.exec(this.rest);
      if (!end) return found;
      const block = this.rest.slice(0, end.index);
      this.rest = this.rest.slice(end.index + end[0].length);
      const sent = this.block(block);
      if (sent) found.push(sent);
    }
  }

  private block(text: string): Sent | null {
    const data: string[] = [];
    let event = 'message';
    for (const line of text.split(/\r?\n/)) {
      const [, name, value = ''] = /^([a-z]*):? ?(.*)$/.exec(line) ?? [];
      if (name === 'data') data.push(value);
      if (name === 'event') event = value;
      if (name === 'id') this.id = value;
    }
    return data.length > 0 ? { id: this.id, event, data: data.join('\n') } : null;
  }
}

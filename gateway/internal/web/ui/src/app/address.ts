/** Filters in the address as people write them: ?status=unknown&order=12.1, without quotes. */
export function parseAddress(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

export function writeAddress(search: Record<string, unknown>): string {
  const out = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') out.set(key, String(value));
  }
  const text = out.toString();
  return text === '' ? '' : `?${text}`;
}

/** Names by which the gateway calls places of this page. */
const otherNames: [found: RegExp, place: string][] = [
  [/^\/accounts$/, '/providers'],
  [/^\/accounts\/(.+)$/, '/providers?edit=$1'],
  [/^\/restaurants\/(.+)$/, '/restaurants?code=$1'],
  [/^\/setup$/, '/wizard'],
];

/** Where a link of the gateway's leads, as the router wants it. */
export function placeOf(link: string): { to: string; search: Record<string, string> } {
  const [found, place] = otherNames.find(([name]) => name.test(link)) ?? [/$^/, ''];
  const [to = '/', query = ''] = link.replace(found, place).split('?');
  return { to, search: parseAddress(query) };
}

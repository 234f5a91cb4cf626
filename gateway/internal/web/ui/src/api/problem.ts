/** What is wrong with one field of a form. */
export interface FieldProblem {
  field: string;
  code: string;
  detail: string;
}

/** An answer of the gateway that says no (RFC 9457), or the lack of any answer. */
export class Problem extends Error {
  /** One word on which the page branches; `gone` when there was no answer at all. */
  readonly code: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The server's words, in the language that was chosen when it was asked. */
  readonly title: string;
  readonly detail: string;
  readonly requestId: string;
  readonly fields: FieldProblem[];
  /** After how many seconds it makes sense to try again; 0: nobody said. */
  readonly retryAfter: number;

  constructor(answer: {
    code: string;
    status: number;
    title?: string;
    detail?: string;
    requestId?: string;
    fields?: FieldProblem[];
    retryAfter?: number;
  }) {
    super(answer.code);
    this.name = 'Problem';
    this.code = answer.code;
    this.status = answer.status;
    this.title = answer.title ?? '';
    this.detail = answer.detail ?? '';
    this.requestId = answer.requestId ?? '';
    this.fields = answer.fields ?? [];
    this.retryAfter = answer.retryAfter ?? 0;
  }

  /** The problem of one field, named as in the body that was sent. */
  field(name: string): FieldProblem | undefined {
    return this.fields.find((one) => one.field === name);
  }
}

/** The gateway does not answer: stopped, restarting, or the network is down. */
export const gone = () => new Problem({ code: 'gone', status: 0 });

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Names a field as the form does: without the part of the request it came in. */
function fieldName(value: unknown): string {
  return text(value).replace(/^(body|path|query|header)\.?/, '');
}

function readFields(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value.map((one: Record<string, unknown>) => ({
    field: fieldName(one.field ?? one.location),
    code: text(one.code),
    detail: text(one.detail ?? one.message),
  }));
}

/** Reads an answer with a status of 400 and above, whoever wrote it. */
export async function readProblem(answer: Response): Promise<Problem> {
  let body: Record<string, unknown> = {};
  if (answer.headers.get('Content-Type')?.includes('json')) {
    body = await answer.json().catch(() => ({}));
  }
  return new Problem({
    code: text(body.code) || `status_${answer.status}`,
    status: answer.status,
    title: text(body.title),
    detail: text(body.detail),
    requestId: text(body.request_id) || (answer.headers.get('X-Request-Id') ?? ''),
    fields: readFields(body.errors),
    retryAfter: Number(answer.headers.get('Retry-After')) || 0,
  });
}

import type { Ask } from './ask';
import type { Connection } from './connection';
import { gone, readProblem } from './problem';

/** What a gateway call needs from the page around it. */
export interface Around {
  connection: Connection;
  /** The session ended while somebody was working. */
  login: Ask;
  /** A dangerous act wants the password again. */
  confirm: Ask;
  language: () => string;
  fetch?: typeof fetch;
}

/** Statuses of a proxy in front of a gateway that is not there; the gateway itself may give them, too, and says why. */
const fromProxy = new Set([502, 503, 504]);

/** The gateway speaks in problem documents, a proxy does not. */
const isOurs = (answer: Response) =>
  answer.headers.get('Content-Type')?.startsWith('application/problem+json') ?? false;

/**
 * Makes the one function by which the page speaks to the gateway. It resolves with a good answer, or
 * rejects with a Problem. Where the gateway wants the person first (a new login, the password again),
 * the request waits for that and is made once more, so that nothing that was typed is lost.
 */
export function makeGateway(around: Around): (request: Request) => Promise<Response> {
  const call = async (request: Request): Promise<Response> => {
    let answer: Response;
    try {
      answer = await (around.fetch ?? fetch)(request);
    } catch (fault) {
      if (request.signal.aborted) throw fault;
      around.connection.silent();
      throw gone();
    }
    if (fromProxy.has(answer.status) && !isOurs(answer)) {
      around.connection.silent();
      throw gone();
    }
    around.connection.answered();
    return answer;
  };
  return async (request) => {
    request.headers.set('Accept-Language', around.language());
    const again = request.clone();
    const answer = await call(request);
    if (answer.ok) return answer;
    const problem = await readProblem(answer);
    const wanted =
      problem.code === 'login_required' ? around.login : problem.code === 'confirm_required' ? around.confirm : null;
    if (wanted === null || !(await wanted.request())) throw problem;
    const second = await call(again);
    if (second.ok) return second;
    throw await readProblem(second);
  };
}

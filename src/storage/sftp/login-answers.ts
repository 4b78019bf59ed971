import { type Askpass, openAskpass } from './askpass.ts';

type Ask = (question: string, hidden: boolean) => Promise<string | undefined>;

/** How often a person may answer other than yes or no. */
const MAX_CONFIRMATIONS = 3;

/** The answers to what one ssh asks on its way. */
export interface Login {
  /** What to add to the environment of the ssh. */
  readonly env: Readonly<Record<string, string>>;
  /** Why the ssh cannot succeed, if it is on us. */
  readonly failure: string | undefined;
  /** The answers were right: they are given again when the same is asked for another connection. */
  keep(): void;
  /** Never throws. */
  close(): Promise<void>;
}

/**
 * Answers what ssh asks: from the location, from what was answered before, or by asking the person at the terminal.
 * Answers that were right are kept in memory, so that a connection that broke is made again without asking.
 */
export class LoginAnswers {
  private readonly env: Readonly<Record<string, string | undefined>>;
  private readonly password: string | undefined;
  private readonly ask: Ask | undefined;
  private readonly known = new Map<string, string>();

  constructor(env: Readonly<Record<string, string | undefined>>, password: string | undefined, ask: Ask | undefined) {
    this.env = env;
    this.password = password;
    this.ask = ask;
  }

  /** Whether there may be an answer to a question. */
  canAnswer(mayAsk: boolean): boolean {
    return this.password !== undefined || this.known.size > 0 || (mayAsk && this.ask !== undefined);
  }

  /**
   * @param mayAsk whether the person may be asked.
   * @param onFailure is called when it is clear that the ssh cannot succeed.
   * @param first settles when another login has: what is asked waits for the answers that were right there. Never rejects.
   */
  async open(mayAsk: boolean, onFailure: () => void, first?: Promise<unknown>): Promise<Login> {
    const conversation = new Conversation(this.password, this.known, mayAsk ? this.ask : undefined, onFailure, first);
    const askpass: Askpass | undefined = this.canAnswer(mayAsk || first !== undefined)
      ? await openAskpass(this.env, (question) => conversation.answer(question))
      : undefined;
    return {
      env: askpass?.env ?? {},
      get failure() {
        return conversation.failure;
      },
      keep: () => {
        for (const [question, answer] of conversation.given) this.known.set(question, answer);
      },
      close: async () => askpass?.close(),
    };
  }
}

/** What is asked and answered for one connection. */
class Conversation {
  failure: string | undefined;
  readonly given = new Map<string, string>();
  private readonly password: string | undefined;
  private readonly known: ReadonlyMap<string, string>;
  private readonly ask: Ask | undefined;
  private readonly onFailure: () => void;
  private readonly first: Promise<unknown> | undefined;
  private passwordUsed = false;
  private confirmations = 0;

  constructor(
    password: string | undefined,
    known: ReadonlyMap<string, string>,
    ask: Ask | undefined,
    onFailure: () => void,
    first: Promise<unknown> | undefined,
  ) {
    this.password = password;
    this.known = known;
    this.ask = ask;
    this.onFailure = onFailure;
    this.first = first;
  }

  async answer(question: string): Promise<string | undefined> {
    await this.first;
    if (this.failure !== undefined) return undefined;
    if (this.password !== undefined && /password/i.test(question)) {
      if (this.passwordUsed) return this.fail('the server refused the password that the URL holds');
      this.passwordUsed = true;
      return this.password;
    }
    const known = this.known.get(question);
    // What is asked twice was not right the first time.
    if (known !== undefined && !this.given.has(question)) {
      this.given.set(question, known);
      return known;
    }
    if (this.ask === undefined) return undefined;
    const open = isConfirmation(question);
    // ssh itself would ask for ever.
    if (open && ++this.confirmations > MAX_CONFIRMATIONS) return this.fail('its host key was not confirmed');
    const answer = await this.ask(question, !open);
    if (answer === undefined) return this.fail(`there was no answer to "${lastLine(question)}"`);
    if (!open) this.given.set(question, answer);
    return answer;
  }

  private fail(reason: string): undefined {
    this.failure = reason;
    this.onFailure();
    return undefined;
  }
}

/** Whether it is the question for a host key, which is no secret. */
function isConfirmation(question: string): boolean {
  return /\(yes\/no|type 'yes'/i.test(question);
}

function lastLine(text: string): string {
  return (text.trim().split('\n').at(-1) ?? '').trim();
}

// What a rule of Orderbell sees. Rules are JavaScript in strict mode, one or more in a file:
//
//   rule({
//     name: "order-ready",
//     on: ["order.ready"],
//     handle(change, ctx) {
//       if (between("23:00", "09:00")) return ctx.skip("it is night");
//       return { to: change.order.guest.phone, text: `Order ${change.order.number} is ready` };
//     },
//   });
//
// A rule is a pure function: it is given a change of an order and returns messages; the gateway sends
// them. It has 100 ms, keeps nothing between calls, and has no network, disk, clock, timers or random.
// Not available: async, import, console, Date, Promise, Proxy, BigInt, typed arrays, eval, \p{…} in
// regular expressions. Everything it is given is read-only.

/** Declares a rule. Every rule that listens to a change is called, in order of file name. */
declare function rule(definition: RuleDefinition): void;

/** Fills {name} in text from vars: fmt("Order {n}", {n: 12}). A name without a value is an error. */
declare function fmt(text: string, vars?: { [name: string]: string | number | boolean }): string;

/** Reads a phone as people write it; gives +79990000001, or null if it cannot be texted. */
declare function phone(text: string): string | null;

/** The form of a word for a number: plural(5, "минута", "минуты", "минут"); plural(2, "dish", "dishes"). */
declare function plural(n: number, one: string, few: string, many?: string): string;

/** An amount of money: money(1234.5) is "1 234,50 ₽". */
declare function money(amount: number, unit?: string): string;

/** A time in seconds: duration("1h30m") is 5400. Units: h, m, s. Above 0, up to 7 days. */
declare function duration(text: string): number;

/** Whether the restaurant's clock is from `from` (included) to `to` (not): between("22:00", "09:00"). */
declare function between(from: string, to: string): boolean;

/** How many billable parts a text takes: 160 or 153 basic Latin letters each, 70 or 67 others. */
declare function segments(text: string): number;

/** Whether a stage is the goal or a later one: reached(change.stage, "ready"). "" has reached nothing. */
declare function reached(stage: Stage, goal: Stage): boolean;

/** Writes a line for the rule's own trace; shown beside the decision. 50 lines of 500 bytes are kept. */
declare function log(...values: unknown[]): void;

/** Kitchen progress, in this order; "" is none of them. */
type Stage = "" | "sent" | "started" | "ready" | "out" | "collect" | "collected";

/** What happened. An event that jumps over stages gives a change for each of them. */
type Kind =
  | "order.sent" | "order.started" | "order.ready" | "order.out" | "order.collect" | "order.collected"
  | "dish.sent" | "dish.started" | "dish.ready" | "dish.out" | "dish.collect" | "dish.collected"
  | "order.voided" | "order.closed";

interface RuleDefinition {
  /** Unique among all rules. */
  name: string;
  /** The changes to listen to. */
  on: Kind[];
  /** Returns a message, up to five of them, or ctx.skip("why"). Returning nothing is an error. */
  handle(change: Change, ctx: Context): Message | Message[] | Skip;
}

/** What an event did to an order. */
interface Change {
  readonly kind: Kind;
  /** The stage reached, for kinds with a stage. */
  readonly stage: Stage;
  /** The highest stage that the order (or dish) had reached before this event. */
  readonly before: Stage;
  /** The order jumped over this stage: a later one was reached in the same event. */
  readonly passed: boolean;
  /** This is the first event of the order that Orderbell has seen. */
  readonly first: boolean;
  /** The dish that changed, for dish.… kinds; else null. */
  readonly dish: Dish | null;
  /** The order as it is after the event. */
  readonly order: Order;
  readonly restaurant: Restaurant;
}

interface Order {
  /** Orderbell's own id: the same for all events of an order. */
  readonly id: string;
  /** The number as the restaurant calls it, by its setting order_number. */
  readonly number: string;
  /** r_keeper's orderName. */
  readonly name: string;
  readonly table: string;
  /** The order's type by name: "В зале". */
  readonly type: string;
  /** The order's stage, from its dishes by the setting order_stage. */
  readonly stage: Stage;
  readonly guest: Guest;
  readonly dishes: readonly Dish[];
}

interface Guest {
  /** +79990000001; null while nobody has left one. A message to null waits for it. */
  readonly phone: string | null;
  /** "ru", "en": what the guest chose, or the restaurant's default. */
  readonly language: string;
}

interface Dish {
  readonly name: string;
  readonly quantity: number;
  readonly stage: Stage;
}

interface Restaurant {
  /** r_keeper's RestCode. */
  readonly code: string;
  readonly name: string;
}

interface Context {
  /** The moment, by the restaurant's clock. */
  readonly now: Now;
  /** The notifications page. */
  readonly settings: Settings;
  /** Says that nothing is sent and why; return what it gives. */
  skip(reason: string): Skip;
}

interface Now {
  /** "2026-11-24T18:05:00+03:00" */
  readonly iso: string;
  /** "2026-11-24" */
  readonly date: string;
  /** "18:05" */
  readonly time: string;
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 1 is Monday, 7 is Sunday */
  readonly weekday: number;
}

interface Settings {
  /** The switch. */
  readonly enabled: boolean;
  /** The chosen stage. */
  readonly stage: Stage;
  /** The text, with {order_number} and {restaurant_name}. */
  readonly template: string;
  /** How long a text is worth sending: "20m". */
  readonly expires: string;
}

interface Message {
  /** The phone of the order's guest and nobody else's; null or absent: the guest's, as soon as it is known. */
  to?: string | null;
  /** At most 10 parts, see segments(): 1530 Latin characters, or 670 if one of them is Cyrillic. */
  text: string;
  /** "transactional" if absent. */
  category?: "transactional" | "marketing";
  /** "20m", or a number of seconds; after that the text is not sent any more. */
  expiresIn?: string | number;
  /** Two messages of a restaurant to one guest with the same key are one. Absent: rule, order and stage. */
  dedupe?: string;
}

/** What ctx.skip gives. */
interface Skip { readonly __skip: never }

/// <reference path="../types/orderbell.d.ts" />

// Texts the guest once, when the order first reaches the stage that the settings page names or a
// later one. Everything it needs is on that page; copy this file under another name to do otherwise.
rule({
  name: "order-stage",
  on: ["order.started", "order.ready", "order.out", "order.collect", "order.collected"],

  handle(change, ctx) {
    const { order, restaurant } = change;
    const { settings } = ctx;
    const say = (ru, en) => (order.guest.language === "en" ? en : ru);

    if (!settings.enabled) return ctx.skip(say("уведомления выключены", "notifications are off"));
    if (change.passed) return ctx.skip(say("в том же событии заказ прошёл дальше", "a later stage in the same event speaks"));
    if (!reached(change.stage, settings.stage)) return ctx.skip(say("этот статус раньше выбранного", "this stage comes before the chosen one"));
    if (reached(change.before, settings.stage)) return ctx.skip(say("выбранный статус уже был раньше", "the chosen stage was reached before"));

    return {
      to: order.guest.phone, // null: nobody has left a phone yet, and the gateway waits for one
      text: fmt(settings.template, { order_number: order.number, restaurant_name: restaurant.name }),
      category: "transactional",
      expiresIn: settings.expires,
      dedupe: `stage/${order.id}`,
    };
  },
});

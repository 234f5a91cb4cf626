/// <reference path="../../scripts/types/orderbell.d.ts" />

// Two texts for an order: one when it is ready, one when it is assembled, each in the guest's language.
rule({
  name: "ready-and-assembled",
  on: ["order.ready", "order.collected"],

  handle(change, ctx) {
    const { order, restaurant } = change;
    if (change.passed) return ctx.skip("a later stage in the same event speaks");
    if (reached(change.before, change.stage)) return ctx.skip("the order had been here before");

    const english = order.guest.language === "en";
    const texts = {
      ready: english ? "Order {n} is ready. {place}" : "Заказ {n} готов. {place}",
      collected: english ? "Order {n} is packed, please collect it. {place}" : "Заказ {n} собран, ждём вас. {place}",
    };
    return {
      to: order.guest.phone,
      text: fmt(texts[change.stage], { n: order.number, place: restaurant.name }),
      expiresIn: "20m",
      dedupe: `${change.stage}/${order.id}`,
    };
  },
});

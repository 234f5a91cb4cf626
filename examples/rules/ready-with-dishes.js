/// <reference path="../../scripts/types/orderbell.d.ts" />

// No text at night, none for orders that a courier brings, and the dishes in the text while it fits.
rule({
  name: "ready-with-dishes",
  on: ["order.ready"],

  handle(change, ctx) {
    const { order } = change;
    if (between("22:30", "09:00")) return ctx.skip("it is night");
    if (order.type === "Доставка") return ctx.skip("the courier calls the guest");
    if (change.passed) return ctx.skip("a later stage in the same event speaks");

    const count = order.dishes.length;
    const brief = `Заказ ${order.number} готов: ${count} ${plural(count, "блюдо", "блюда", "блюд")}`;
    const full = `Заказ ${order.number} готов: ${order.dishes.map((d) => d.name).join(", ")}`;
    log("segments of the full text:", segments(full));

    return { to: order.guest.phone, text: segments(full) === 1 ? full : brief, expiresIn: "20m" };
  },
});

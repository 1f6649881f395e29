// Clocks that go on between two answers of the server: up, or down to zero. Owns no text.
(() => {
  "use strict";
  // By id, when each shows zero. An answer that took a moment to come does not set it back.
  let zeros = new Map();

  const tick = () => {
    const now = performance.now();
    const known = zeros;
    zeros = new Map();
    for (const clock of document.querySelectorAll("[data-clock]")) {
      const sign = clock.dataset.clock === "up" ? 1 : -1;
      let zero = (clock.seen ??= now) - sign * 1000 * clock.dataset.seconds;
      if (Math.abs(zero - known.get(clock.id)) < 1500) zero = known.get(clock.id);
      zeros.set(clock.id, zero);
      const seconds = Math.max(0, Math.floor((sign * (now - zero)) / 1000));
      const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (clock.textContent !== text) clock.textContent = text;
    }
  };

  setInterval(tick, 250);
  document.addEventListener("htmx:load", tick);
  tick();
})();

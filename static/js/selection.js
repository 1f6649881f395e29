// The history's selection: how many are chosen, all or none, and a row of them with Shift.
// Owns no text; without it the checkboxes and the buttons of the form do the same.
(() => {
  "use strict";
  const BOX = "[name=job][form=selection]";
  const boxes = () => [...document.querySelectorAll(BOX)];
  let last;

  const count = () => {
    const form = document.getElementById("selection");
    if (!form) return;
    const chosen = boxes().filter((box) => box.checked).length;
    const isOver = chosen > form.dataset.limit;
    form.querySelector("[data-chosen]").textContent = chosen;
    form.querySelector("[data-over]").hidden = !isOver;
    form.querySelectorAll("[data-bounded]").forEach((button) => (button.disabled = isOver));
  };

  document.addEventListener("click", ({ target, shiftKey }) => {
    const choose = target.closest("[data-choose]")?.dataset.choose;
    if (choose) for (const box of boxes()) box.checked = choose === "all";
    if (target.matches(BOX)) {
      const all = boxes();
      const [from, to] = [all.indexOf(last), all.indexOf(target)].sort((a, b) => a - b);
      if (shiftKey && from >= 0) {
        for (const box of all.slice(from, to)) box.checked = target.checked;
      }
      last = target;
    }
    count();
  });

  // A browser that comes back to the page has kept the checkmarks.
  addEventListener("pageshow", count);
  document.addEventListener("htmx:afterSettle", count);
  // What had the focus may be gone with what was deleted.
  document.getElementById("dialog").addEventListener("close", () => {
    if (document.activeElement === document.body) document.getElementById("results").focus();
  });
})();

// The history's selection: how many are chosen, all or none, and a row of them with Shift.
// Owns no text; without it the checkboxes and the buttons of the form do the same.
(() => {
  "use strict";
  const boxes = () => [...document.querySelectorAll("[name=job][form=selection]")];
  let last;

  const count = () => {
    const form = document.getElementById("selection");
    if (!form) return;
    const chosen = boxes().filter((box) => box.checked).length;
    const isOver = chosen > Number(form.dataset.limit);
    form.querySelector("[data-chosen]").textContent = chosen;
    form.querySelector("[data-over]").hidden = !isOver;
    for (const button of form.querySelectorAll("[data-bounded]")) button.disabled = isOver;
  };

  document.addEventListener("click", (event) => {
    const choose = event.target.closest("[data-choose]")?.dataset.choose;
    if (choose) {
      for (const box of boxes()) box.checked = choose === "all";
      count();
    }
    if (!event.target.matches("[name=job][form=selection]")) return;
    const all = boxes();
    const ends = [all.indexOf(last), all.indexOf(event.target)].sort((a, b) => a - b);
    if (event.shiftKey && ends[0] >= 0) {
      for (const box of all.slice(ends[0], ends[1] + 1)) box.checked = event.target.checked;
      count();
    }
    last = event.target;
  });

  document.addEventListener("change", count);
  // A browser that comes back to the page has kept the checkmarks.
  addEventListener("pageshow", count);
  document.addEventListener("htmx:afterSettle", () => {
    count();
    // What had the focus may be gone with what was deleted.
    if (document.activeElement === document.body) document.getElementById("results")?.focus({ preventScroll: true });
  });
  count();
})();

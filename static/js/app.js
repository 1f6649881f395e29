// What htmx does not do: copying, the prompt's counter, Cmd/Ctrl+Enter, seconds that tick,
// times in the reader's own zone. Owns no state and no text; every page works without it.
(() => {
  "use strict";
  const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

  const count = (note) => {
    const input = document.getElementById(note.dataset.count);
    if (input) note.textContent = `${input.value.length} / ${input.maxLength}`;
  };

  const localise = (time) => {
    const date = new Date(time.dateTime);
    const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
    const parts = { year, month: "short", day: "numeric", hour: "numeric", minute: "2-digit" };
    time.title = date.toString();
    time.textContent = date.toLocaleString(undefined, parts);
    time.removeAttribute("data-local");
  };

  const dress = () => {
    each("[data-count]", count);
    each("time[data-local]", localise);
    if (/Mac|iP/.test(navigator.platform)) {
      each("[data-modifier]", (key) => (key.textContent = "⌘"));
    }
  };

  const copy = async (button) => {
    const wanted = button.dataset.copy;
    const text = wanted.startsWith("#")
      ? document.getElementById(wanted.slice(1)).textContent
      : new URL(wanted, location).href;
    await navigator.clipboard.writeText(text);
    button.dataset.copied = "";
    document.getElementById("announce").textContent = button.dataset.said;
    setTimeout(() => delete button.dataset.copied, 1600);
  };

  const closeMenus = (inside = null) => {
    each("details.menu[open]", (menu) => (menu.open = menu.contains(inside)));
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    closeMenus(event.target);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus();
    const form = event.target.closest("[data-shortcut-submit]");
    if (form && event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  document.addEventListener("input", () => each("[data-count]", count));
  document.addEventListener("htmx:load", dress);

  // A redirected fragment means that the session has ended: the whole page has to go.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    const asked = new URL(requestConfig.path, location);
    if (new URL(xhr.responseURL || asked).pathname !== asked.pathname) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });

  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, (event) => {
      each("[data-on-error]", (note) => (note.hidden = false), event.target);
    });
  }

  setInterval(() => {
    each("[data-tick]", (clock) => (clock.textContent = Number(clock.textContent) + 1));
  }, 1000);
  dress();
})();

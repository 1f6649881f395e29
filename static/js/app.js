// What htmx does not do: copying, the prompt's counter, Cmd/Ctrl+Enter, times in the reader's own
// zone, the dialog, toasts that pass, tabs that are remembered.
// Owns no text; every page works without it.
(() => {
  "use strict";
  const find = (id) => document.getElementById(id);
  const on = (name, act) => document.addEventListener(name, act);
  const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

  const count = (note) => {
    const input = find(note.dataset.count);
    if (input) note.textContent = `${input.value.length} / ${input.maxLength}`;
  };

  // The page's language, as the reader's country writes it.
  const { lang } = document.documentElement;
  const language = navigator.languages.find((each) => each.startsWith(lang)) ?? lang;
  const localise = (time) => {
    const date = new Date(time.dateTime);
    const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
    const parts = { year, month: "short", day: "numeric", hour: "numeric", minute: "2-digit" };
    time.title = date.toLocaleString(language, { dateStyle: "full", timeStyle: "long" });
    time.textContent = date.toLocaleString(language, parts);
    time.removeAttribute("data-local");
  };

  const dress = () => {
    each("[data-count]", count);
    each("time[data-local]", localise);
    each(".toasts .toast:not([data-passing])", passing);
    each("[data-tabs]", remembered);
    if (/Mac|iP/.test(navigator.platform)) {
      each("[data-modifier]", (key) => (key.textContent = "⌘"));
    }
  };

  const copy = async (button) => {
    const wanted = button.dataset.copy;
    const text = wanted.startsWith("#")
      ? find(wanted.slice(1)).textContent
      : new URL(wanted, location).href;
    await navigator.clipboard.writeText(text);
    button.dataset.copied = "";
    find("announce").textContent = button.dataset.said;
    setTimeout(() => delete button.dataset.copied, 1600);
  };

  const closeMenus = (inside = null) => {
    each("details.menu[open]", (menu) => (menu.open = menu.contains(inside)));
  };

  // A link's answer is shown in the dialog; an empty one closes it.
  const dialog = find("dialog");
  on("htmx:afterSwap", (event) => {
    if (event.detail.target !== dialog) return;
    if (dialog.childElementCount === 0) dialog.close();
    else if (!dialog.open) dialog.showModal();
  });

  const passing = (toast) => {
    toast.dataset.passing = "";
    // Whoever reads it with the pointer or the focus on it keeps it.
    setInterval(() => toast.matches(":hover, :focus-within") || toast.remove(), 8000);
  };

  // One choice for all blocks of the same kind, on this page and the next.
  const choose = (kind, value) => {
    each(`[data-tabs="${kind}"] input[value="${value}"]`, (input) => (input.checked = true));
  };
  const remembered = ({ dataset: { tabs: kind } }) => {
    const value = localStorage.getItem(`tabs-${kind}`);
    if (/^\w+$/.test(value ?? "")) choose(kind, value);
  };
  on("change", (event) => {
    const kind = event.target.closest("[data-tabs]")?.dataset.tabs;
    if (!kind || event.target.type !== "radio") return;
    localStorage.setItem(`tabs-${kind}`, event.target.value);
    choose(kind, event.target.value);
  });

  on("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    if (dialog?.open && (event.target === dialog || event.target.closest("[data-close]"))) {
      event.preventDefault();
      dialog.close();
    }
    event.target.closest("[data-dismiss]")?.parentElement.remove();
    closeMenus(event.target);
  });

  on("keydown", (event) => {
    if (event.key === "Escape") closeMenus();
    const form = event.target.closest("[data-shortcut-submit]");
    if (form && event.key === "Enter" && !event.repeat && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  on("input", () => each("[data-count]", count));
  on("htmx:load", dress);

  // A redirected fragment means that the session has ended: the whole page has to go.
  on("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    const asked = new URL(requestConfig.path, location);
    if (new URL(xhr.responseURL || asked).pathname !== asked.pathname) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });

  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    on(failure, ({ target, detail }) => {
      const note = target.querySelector("[data-on-error]");
      if (note) note.hidden = false;
      // What refreshes itself is soon tried again.
      else if (detail.requestConfig.triggeringEvent) {
        (dialog.open ? dialog : find("toasts")).append(find("trouble").content.cloneNode(true));
        dress();
      }
    });
  }

  dress();
})();

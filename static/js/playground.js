// The playground's form: a reference image by drag, paste or choice, examples that fill the prompt,
// the price of the chosen size. Owns no text; the form works without it.
(() => {
  "use strict";
  const find = (selector) => document.querySelector(selector);
  const on = (name, act) => document.addEventListener(name, act);
  const isOpen = () => find("#generate > fieldset:enabled");

  // What is chosen lives in the file input alone, however it came there.
  const show = (input) => {
    const { limit, tooLarge, wrong } = input.dataset;
    const [file] = input.files;
    const isPicture = !file || input.accept.includes(file.type || "?");
    const problem = file?.size > limit ? tooLarge : isPicture ? "" : wrong;
    if (problem) input.value = "";
    const note = find("#id_image_error");
    note.hidden = !problem;
    note.lastElementChild.textContent = problem;
    const picked = find("[data-picked]");
    const image = picked.querySelector("img");
    URL.revokeObjectURL(image.src);
    image.removeAttribute("src");
    picked.hidden = !input.value;
    if (picked.hidden) return;
    image.src = URL.createObjectURL(file);
    picked.querySelector("p").textContent = file.name;
    find("[data-kept]")?.remove();
    find("#id_image_url").value = "";
  };

  const take = (event, { files: [file], types }) => {
    // Words that bring their picture along, as from a table, are meant as words.
    if (!file || !isOpen() || types.includes("text/plain")) return;
    event.preventDefault();
    const transfer = new DataTransfer();
    transfer.items.add(file);
    const input = find("#id_image");
    input.files = transfer.files;
    show(input);
  };

  on("paste", (event) => take(event, event.clipboardData));

  // The whole page takes it: what misses a small target would be opened in the page's place.
  const mark = (isOver) => find("#reference").classList.toggle("reference--over", isOver);
  on("dragover", (event) => {
    if (!isOpen() || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    mark(true);
  });
  on("dragleave", (event) => event.relatedTarget || mark(false));
  on("drop", (event) => {
    mark(false);
    take(event, event.dataTransfer);
  });

  const price = () => {
    const chosen = find("#generate [name=variant]:checked")?.value;
    document.querySelectorAll("[data-price-of]").forEach((note) => {
      note.hidden = note.dataset.priceOf !== chosen;
    });
  };

  on("change", ({ target }) => {
    if (target.id === "id_image") show(target);
    price();
  });

  on("click", (event) => {
    const { target } = event;
    // The second press of a double click would buy a second image.
    if (event.detail > 1 && target.closest("[type=submit]")) event.preventDefault();
    if (target.closest("[data-unpick]")) {
      event.preventDefault();
      const input = find("#id_image");
      input.value = "";
      show(input);
      find("[data-kept]")?.remove();
      input.focus();
    }
    const example = target.closest("[data-example]");
    if (!example || !isOpen()) return;
    event.preventDefault();
    find("#id_prompt").select();
    // Old, but the one way that leaves what was there to “undo”.
    document.execCommand("insertText", false, example.dataset.example);
  });

  // What a card's menu has asked for is answered elsewhere.
  on("htmx:beforeRequest", ({ target }) => {
    const menu = target.closest(".job details[open]");
    menu?.firstElementChild.focus();
    if (menu) menu.open = false;
  });
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    on(failure, ({ target }) => {
      if (target.closest(".job")) find("#problems [data-on-error]").hidden = false;
    });
  }
  on("htmx:load", price);
  price();
})();

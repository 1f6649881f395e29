// The reference's own: search while typing, and contents that mark where the reader is.
// Without it the search is a form and the contents are links.
(() => {
  "use strict";
  const find = (selector) => document.querySelector(selector);
  const [docs, search, note, contents] = [".docs", "#docs-search", "#docs-found", "#contents"].map(find);
  const sections = [...document.querySelectorAll(".prose")];
  const linkTo = (part) => find(`#contents [href="#${part.id}"]`);
  const shown = () => sections.filter((part) => !part.hidden);

  const mark = (words) => {
    const found = new Highlight();
    const walker = document.createTreeWalker(docs, NodeFilter.SHOW_TEXT);
    for (let node; words.length && (node = walker.nextNode()); ) {
      const text = node.data.toLowerCase();
      for (const word of words) {
        for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
          found.add(new StaticRange({
            startContainer: node, startOffset: at, endContainer: node, endOffset: at + word.length,
          }));
        }
      }
    }
    CSS.highlights.set("found", found);
  };

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const part of sections) {
      const text = part.textContent.toLowerCase();
      part.hidden = !words.every((word) => text.includes(word));
      linkTo(part).classList.toggle("contents__off", part.hidden);
    }
    const { none, some } = note.dataset;
    const count = shown().length;
    note.textContent = words.length ? (count ? `${some} ${count}` : none) : "";
    docs.toggleAttribute("data-searching", words.length > 0);
    if (words.length) scrollTo({ top: 0, behavior: "instant" });
    if (CSS.highlights) mark(words);
    follow();
  };

  // The section at the upper quarter of the window is the one that is read.
  const follow = () => {
    const all = shown();
    const isAtEnd = scrollY > 0 && scrollY + innerHeight > document.documentElement.scrollHeight - 2;
    const begun = all.filter((part) => part.getBoundingClientRect().top < innerHeight / 4);
    const part = (isAtEnd ? all : begun).at(-1) ?? all[0];
    const link = part && linkTo(part);
    const before = contents.querySelector("[aria-current]");
    if (link === before) return;
    before?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "true");
    if (link) contents.scrollTop = link.offsetTop - contents.offsetTop - contents.clientHeight / 2;
  };

  search.addEventListener("input", filter);
  search.form.addEventListener("submit", (event) => {
    event.preventDefault();
    shown()[0]?.querySelector("a").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, textarea")) return;
    event.preventDefault();
    search.focus();
  });
  contents.addEventListener("click", (event) => {
    if (event.target.closest("a") && contents.matches(":popover-open")) contents.hidePopover();
  });
  // A link to what the search has put away shows it again.
  addEventListener("hashchange", () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target?.closest("[hidden]")) return;
    search.value = "";
    filter();
    target.scrollIntoView();
  });
  addEventListener("scroll", () => requestAnimationFrame(follow), { passive: true });
  requestAnimationFrame(search.value ? filter : follow);
})();

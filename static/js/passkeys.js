// Says why a passkey could not be used: allauth's script tells of the browser's error and no more.
// The words stand in the page, one for each error.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const note = document.querySelector("[data-passkey-refusals]");
  const { name } = event.detail.exception;
  const words = [...note.querySelectorAll("[data-refusal]")];
  const fitting = words.find((each) => each.dataset.refusal === name) ?? words.at(-1);
  for (const each of words) each.hidden = each !== fitting;
  note.hidden = false;
});

// Comfort only: every form works without it.

// The key in the address (#…) opens the door by itself, and leaves the address.
const door = document.querySelector("form[data-door]");
if (door && location.hash.length > 8) {
  door.elements.kunci.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  door.submit();
}

// What was typed and not saved is not lost by a slip.
let unsaved = false;
for (const form of document.querySelectorAll("form[data-keep]")) {
  form.addEventListener("input", () => { unsaved = true; });
}
addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

// A form is sent once; the button says that it is on its way.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    unsaved = false;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    const button = event.submitter;
    if (!button) return;
    button.setAttribute("aria-busy", "true");
    if (button.dataset.busy) button.textContent = button.dataset.busy;
  });
}
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload(); // the old token and an old picture of the files
});

// A file may be dropped or chosen instead of pasted: its text goes into the box.
for (const box of document.querySelectorAll("textarea[data-file]")) {
  const pick = document.createElement("input");
  Object.assign(pick, { type: "file", accept: box.dataset.file, id: `${box.id}-berkas` });
  const label = document.createElement("label");
  Object.assign(label, { textContent: "Pilih berkasnya", htmlFor: pick.id });
  const row = document.createElement("p");
  row.className = "field";
  row.append(label, pick);
  box.closest(".field").before(row);
  const read = async (file) => {
    if (file && file.size < 100_000) box.value = await file.text();
  };
  pick.addEventListener("change", () => read(pick.files[0]));
  box.addEventListener("dragover", (event) => event.preventDefault());
  box.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    read(event.dataTransfer.files[0]);
  });
}

// Of a row of steps that is wider than the screen the present one is seen.
const present = document.querySelector("[aria-current=step]");
if (present) present.closest("ol").scrollLeft = present.parentElement.offsetLeft - 40;

// What went wrong is what the reader meets first.
document.querySelector("[data-focus], [aria-invalid=true]")?.focus();

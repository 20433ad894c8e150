// Comfort only: what the chosen type or kind of rule has no use for is put away.

const WITH_OPTIONS = new Set(["choice", "choices"]);

for (const box of document.querySelectorAll("fieldset.isian")) {
  const kind = box.querySelector("select[name$='.type']");
  const options = box.querySelector("[data-for-options]");
  const look = () => {
    options.hidden = !WITH_OPTIONS.has(kind.value);
    const details = options.closest("details");
    if (details && WITH_OPTIONS.has(kind.value)) details.open = true;
  };
  kind.addEventListener("change", look);
  look();
}

const kind = document.getElementById("aturan.kind");
if (kind) {
  const field = (name) => document.getElementById(`aturan.${name}`).closest(".field");
  const own = document.getElementById("aturan.expression").closest("details");
  const look = () => {
    const chosen = kind.selectedOptions[0].dataset;
    field("a").hidden = !chosen.a;
    field("b").hidden = !chosen.b;
    field("value").hidden = !chosen.value;
    for (const name of ["a", "b", "value"]) {
      if (chosen[name]) field(name).querySelector("label").firstChild.textContent = `${chosen[name]} `;
    }
    for (const name of ["key", "say"]) field(name).hidden = !kind.value;
    own.hidden = kind.value !== "sendiri";
    if (!own.hidden) own.open = true;
  };
  kind.addEventListener("change", look);
  look();
}

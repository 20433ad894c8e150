// Asks for the letter or a message, and again when a file was changed on disk. Whatever comes is shown as text, never as
// markup; a message's page is a document of its own in which nothing runs.

const POLL_MS = 150;
const key = location.hash.slice(1);
const $ = (id) => document.getElementById(id);
let version = "";
let turn = 0;
let chosen = {}; // nothing: what the command line named

function element(tag, attributes = {}, ...children) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...children);
  return made;
}

function tell(text, lost = false) {
  $("state").textContent = text;
  $("state").toggleAttribute("data-lost", lost);
}

async function look() {
  const mine = ++turn;
  const waiting = setTimeout(() => tell("Mencetak surat…"), 400);
  try {
    const kind = $("shown").value;
    const answer = await fetch(kind ? "/pesan" : "/surat", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Loket-Key": key },
      body: JSON.stringify(kind ? { kind, answers: $("choices").elements.answers.value } : chosen),
    });
    if (answer.status === 403) {
      return tell("Buka alamat lengkap yang tampil di layar ketika pratinjau dijalankan.", true);
    }
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const seen = await answer.json();
    const pages = seen.letter ? await drawn(seen.letter) : null;
    if (mine !== turn) return; // a later look is on its way
    $("message").hidden = !kind;
    $("pages").hidden = Boolean(kind);
    kind ? showMessage(seen) : show(seen, pages);
  } catch (error) {
    version = ""; // tried again at the next poll
  } finally {
    clearTimeout(waiting);
  }
}

// The pages with their pictures loaded, so that they take the old ones' place at once.
function drawn(letter) {
  return Promise.all(letter.pages.map(async (text, place) => {
    const image = element("img", { alt: `Halaman ${place + 1} dari ${letter.pages.length}` });
    const heard = element("div", { className: "heard", id: `page-${place + 1}`, textContent: text });
    image.setAttribute("aria-describedby", heard.id);
    image.src = `/surat/${letter.name}/${place + 1}.png`;
    await image.decode();
    return element("figure", {}, image, heard);
  }));
}

function begin(seen, good) {
  document.title = `Pratinjau ${seen.title}`;
  $("title").textContent = document.title;
  const time = new Date().toLocaleTimeString("id-ID");
  tell(good ? `Diperbarui pukul ${time}` : `Ada yang perlu diperbaiki · pukul ${time}`);
  $("problems").replaceChildren(...seen.problems.map(problem));
  if (seen.names.length) {
    $("name-rows").replaceChildren(...seen.names.map(row));
  }
}

// A message that can't be composed leaves the last good one, paler.
function showMessage(seen) {
  begin(seen, seen.message);
  for (const id of ["facts", "note", "stale", "filters"]) $(id).hidden = true;
  $("message").toggleAttribute("data-stale", !seen.message);
  if (!seen.message) return;
  $("subject").textContent = seen.message.subject;
  $("text").textContent = seen.message.text;
  $("mail").src = `/pesan/${seen.message.name}.html`;
}

function show(seen, pages) {
  begin(seen, pages);
  mark(seen.choice);
  $("filters").hidden = false;
  if ($("shown").length === 1) {
    $("shown").append(...seen.kinds.map(([value, title]) => new Option(`Pesan: ${title}`, value)));
  }
  if (pages) {
    $("pages").replaceChildren(...pages);
    const size = (seen.letter.bytes / 1000).toLocaleString("id-ID", { maximumFractionDigits: 1 });
    $("numbers").textContent =
      `${pages.length} halaman · ${size} kB · ${seen.letter.engine} · ${seen.letter.ms} milidetik ·`;
    $("pdf").href = `/surat/${seen.letter.name}.pdf`;
    $("facts").hidden = false;
    $("note").textContent = seen.note;
    $("note").hidden = !seen.note;
  }
  const earlier = $("pages").childElementCount > 0;
  $("pages").toggleAttribute("data-stale", !pages);
  $("stale").hidden = pages || !earlier;
  $("filter-rows").replaceChildren(
    ...seen.filters.map(([example, gives, meaning]) => row([example, `${gives} — ${meaning}`])),
  );
  $("built-in").textContent = seen.built_in;
}

function mark(choice) {
  const value = choice.reference ? "nyata" : choice.answers;
  $("choices").elements.answers.value = value;
  if (choice.reference) $("reference").value = choice.reference;
}

function problem(one) {
  const lines = one.lines.map((line) => {
    const shown = element("span", { textContent: `${String(line.number).padStart(4)}  ${line.text}` });
    shown.toggleAttribute("data-here", line.here);
    return shown;
  });
  return element(
    "div",
    { className: "problem" },
    element("h2", { textContent: one.where }),
    element("p", { textContent: one.found }),
    ...(lines.length ? [element("pre", {}, ...lines)] : []),
    ...(one.allowed ? [element("p", { className: "allowed", textContent: `Boleh: ${one.allowed}` })] : []),
  );
}

function row(cells) {
  return element("tr", {}, ...cells.map((text) => element("td", { textContent: text })));
}

function choose() {
  const answers = $("choices").elements.answers.value;
  const reference = $("reference").value.trim();
  if (answers !== "nyata") {
    chosen = { answers, reference: "" };
  } else if (reference) {
    chosen = { answers: "biasa", reference };
  } else {
    $("reference").focus();
    return;
  }
  look();
}

$("choices").addEventListener("submit", (event) => {
  event.preventDefault();
  $("choices").elements.answers.value = "nyata";
  choose();
});
$("shown").addEventListener("change", look);
for (const radio of $("choices").elements.answers) radio.addEventListener("change", choose);

for (;;) {
  try {
    const answer = await fetch("/versi");
    const now = await answer.text();
    if (answer.ok && now !== version) {
      version = now;
      look();
    }
  } catch {
    version = "";
    tell("Pratinjau tidak berjalan lagi. Jalankan perintahnya sekali lagi.", true);
  }
  await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

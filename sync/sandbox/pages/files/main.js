// Puts the rooms together: tabs on a phone, one look at everything every moment, the status line.

import * as citizen from "/_pages/citizen.js";
import * as desk from "/_pages/desk.js";
import * as drive from "/_pages/drive.js";
import { byId } from "/_pages/elements.js";
import { sandbox } from "/_pages/google.js";
import { services } from "/_pages/services.js";
import { hint, hinted } from "/_pages/hints.js";
import * as mail from "/_pages/mail.js";

const PAUSE_MS = 1700; // with the desk's other reads, within the 60 a minute that Sheets grants an account
const FORMS_EVERY = 5; // looks

const tabs = [...document.querySelectorAll(".rooms-nav button")];

function enter(room) {
  document.body.dataset.room = room;
  if (room === "mail" || room === "drive") document.body.dataset.side = room;
  if (room === "drive") drive.look().catch(() => {}); // the next look says so in the status line
  for (const tab of tabs) {
    const chosen = tab.dataset.room === room;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
}

for (const tab of tabs) {
  tab.addEventListener("click", () => enter(tab.dataset.room));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    enter(next.dataset.room);
    next.focus();
  });
}

for (const button of document.querySelectorAll("button.beside")) {
  button.addEventListener("click", () => enter(button.dataset.side));
}

function pulse(state, text) {
  byId("pulse").dataset.state = state;
  byId("pulse-text").textContent = text;
}

let looks = 0;
async function look() {
  try {
    if (looks % FORMS_EVERY === 0) {
      const forms = (await sandbox("forms")).forms.sort((a, b) => a.title.localeCompare(b.title, "id"));
      citizen.offer(forms);
      desk.offer(await services(forms));
    }
    if (looks % FORMS_EVERY === 1 && document.body.dataset.side === "drive") await drive.look();
    looks += 1;
    await Promise.all([desk.look(), mail.look()]);
    if (hinted() === "preparing" && desk.hasRows()) hint("decide");
    else if (hinted() === "preparing" && desk.ready()) hint("nothing");
    pulse("ok", desk.workerLine() || "Tersambung");
  } catch (error) {
    pulse("lost", "Terputus, mencoba lagi …");
    looks = 0;
    if (!(error instanceof TypeError) && error.status === undefined) throw error;
  } finally {
    setTimeout(look, PAUSE_MS);
  }
}

citizen.start({
  show: (service, row) => {
    enter("desk");
    desk.show(service, row);
  },
});
desk.start();
drive.start();
mail.start();
// A link to a form or a sheet opens that room alone, as the link in a real office would.
const alone = { forms: "citizen", spreadsheets: "desk" }[location.pathname.split("/")[1]];
if (alone) document.body.dataset.alone = alone;
enter(alone ?? "desk");
look();

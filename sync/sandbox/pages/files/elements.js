// Making elements. Citizens' text goes in as text only: there is no way here to put in markup.

export const byId = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name === "class") made.className = value;
    else if (name === "data") Object.assign(made.dataset, value);
    else if (name === "on") for (const [event, listen] of Object.entries(value)) made.addEventListener(event, listen);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
}

// Only web addresses become links; "javascript:" and the like stay text.
export function webAddress(text) {
  try {
    const address = new URL(text);
    return ["http:", "https:"].includes(address.protocol) ? address.href : "";
  } catch {
    return "";
  }
}

// The sandbox stands in for Google: what leads to Google's pages opens here.
export function here(address) {
  const url = new URL(address);
  const google = ["docs.google.com", "drive.google.com"].includes(url.hostname);
  return google ? location.origin + url.pathname + url.search : address;
}

const clock = new Intl.DateTimeFormat("id-ID", { timeZone: "Asia/Makassar", hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("id-ID", { timeZone: "Asia/Makassar", day: "numeric", month: "short" });
const whole = new Intl.DateTimeFormat("id-ID", { timeZone: "Asia/Makassar", dateStyle: "full", timeStyle: "short" });

export function shortMoment(moment) {
  if (Number.isNaN(moment.getTime())) return "";
  return day.format(moment) === day.format(new Date()) ? clock.format(moment) : day.format(moment);
}

export function longMoment(moment) {
  return Number.isNaN(moment.getTime()) ? "" : `${whole.format(moment)} WITA`;
}

export const sizeText = (bytes) => `${Math.max(1, Math.round(bytes / 1024)).toLocaleString("id-ID")} kB`;

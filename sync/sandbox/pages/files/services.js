// What the desk shows: the sheet of every form, then the officer's other spreadsheets, as Drive lists them.

import { google } from "/_pages/google.js";

const SPREADSHEETS = "mimeType = 'application/vnd.google-apps.spreadsheet' and trashed = false";

// Of a form's sheet the columns have owners; any other spreadsheet is shown as it stands, beginning with its first tab.
export async function services(forms) {
  const query = new URLSearchParams({ q: SPREADSHEETS, fields: "files(id,name)", orderBy: "name", pageSize: "50" });
  const listed = (await google(`/drive/v3/files?${query}`)).files ?? [];
  const linked = forms.filter((form) => form.tab);
  const others = listed.filter((file) => !linked.some((form) => form.spreadsheetId === file.id));
  return [
    ...linked.map(({ formId, title, spreadsheetId, tab }) => ({ formId, title, spreadsheetId, tab })),
    ...others.map((file) => ({ formId: "", title: file.name, spreadsheetId: file.id, tab: "" })),
  ];
}

// What may be chosen in a column: the sheet's own data validation, as Google Sheets draws a dropdown from it.

import { google } from "/_pages/google.js";

const FIELDS = "sheets.data.rowData.values.dataValidation";

function listed(rule) {
  const { type, values = [] } = rule?.condition ?? {};
  if (type === "BOOLEAN") return ["TRUE", "FALSE"];
  return type === "ONE_OF_LIST" ? values.map((value) => value.userEnteredValue) : null;
}

// By the column's index: the first rule among the first rows.
export async function choicesOf(spreadsheetId, quotedTab) {
  const query = new URLSearchParams({ ranges: `${quotedTab}!1:5`, fields: FIELDS });
  const answer = await google(`/v4/spreadsheets/${encodeURIComponent(spreadsheetId)}?${query}`);
  const found = new Map();
  for (const row of answer.sheets?.[0]?.data?.[0]?.rowData ?? []) {
    for (const [index, cell] of (row.values ?? []).entries()) {
      const list = listed(cell.dataValidation);
      if (list && !found.has(index)) found.set(index, list);
    }
  }
  return found;
}

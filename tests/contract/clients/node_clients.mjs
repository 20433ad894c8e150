// Google's own client and google-spreadsheet against a sandbox: run by test_node_clients.py, which installs them.
// argv: the sandbox's URL, a service-account key, the promise to keep. Exits 0 when it was kept.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";
import { Readable } from "node:stream";

const [base, keyFile, promise] = process.argv.slice(2);
const key = JSON.parse(fs.readFileSync(keyFile, "utf8"));
const hosts = /^https:\/\/(sheets|www|oauth2|drive)\.googleapis\.com|^https:\/\/docs\.google\.com/;

// The packages ask Google's own hosts by https or by fetch; both are turned to the sandbox, and nothing else leaves.
https.request = (url, options, callback) => {
  const asked = new URL(url.href ?? url);
  const there = new URL(asked.href.replace(hosts, base));
  assert.notEqual(there.origin, asked.origin, `not a host of Google's: ${asked.origin}`);
  const { method, headers } = options;
  return http.request(there, { method, headers }, callback);
};
syncBuiltinESMExports();
const ownFetch = globalThis.fetch;
globalThis.fetch = (asked, options) =>
  asked instanceof Request
    ? ownFetch(new Request(asked.url.replace(hosts, base), asked), options)
    : ownFetch(String(asked).replace(hosts, base), options);

const { drive: driveOf } = await import("@googleapis/drive");
const { sheets: sheetsOf } = await import("@googleapis/sheets");
const { JWT } = await import("google-auth-library");
const { GoogleSpreadsheet } = await import("google-spreadsheet");

const auth = new JWT({
  email: key.client_email,
  key: key.private_key,
  scopes: [
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/drive",
  ],
});
const sheets = sheetsOf({ version: "v4", auth });
const drive = driveOf({ version: "v3", auth });

async function newBook(title = "Permohonan") {
  const { data } = await sheets.spreadsheets.create({ requestBody: { properties: { title } } });
  return data.spreadsheetId;
}

/** Sends the beginning of the rest, then breaks the connection, as a train in a tunnel does. */
function breakOff(url, from, whole) {
  return new Promise((_, reject) => {
    const request = http.request(url.replace(hosts, base), {
      method: "PUT",
      headers: {
        "Content-Range": `bytes ${from}-${whole.length - 1}/${whole.length}`,
        "Content-Length": whole.length - from,
      },
    });
    request.on("error", reject);
    request.write(whole.subarray(from, from + 100_000), () => request.destroy(new Error("tunnel")));
  });
}

const promises = {
  async values_are_written_read_appended_and_cleared() {
    const spreadsheetId = await newBook();
    const values = sheets.spreadsheets.values;
    const wrote = await values.update({
      spreadsheetId,
      range: "Sheet1!A1:B2",
      valueInputOption: "USER_ENTERED",
      requestBody: { values: [["nama", 1], ["Citra", "=B1*2"]] },
    });
    assert.equal(wrote.data.updatedCells, 4);
    const read = await values.get({ spreadsheetId, range: "Sheet1" });
    assert.deepEqual(read.data.values, [["nama", "1"], ["Citra", "2"]]);
    const added = await values.append({
      spreadsheetId,
      range: "Sheet1!A1",
      valueInputOption: "RAW",
      requestBody: { values: [["Adi", 3]] },
    });
    assert.equal(added.data.updates.updatedRange, "Sheet1!A3:B3");
    const many = await values.batchGet({
      spreadsheetId,
      ranges: ["Sheet1!A1", "Sheet1!B:B"],
      majorDimension: "COLUMNS",
    });
    assert.deepEqual(many.data.valueRanges[1].values, [["1", "2", "3"]]);
    const gone = await values.batchClear({
      spreadsheetId,
      requestBody: { ranges: ["Sheet1!A3:B3"] },
    });
    assert.deepEqual(gone.data.clearedRanges, ["Sheet1!A3:B3"]);
  },

  async errors_carry_the_status_and_words_of_google() {
    await assert.rejects(
      sheets.spreadsheets.get({ spreadsheetId: "1".repeat(44) }),
      (error) => error.status === 404 && /Requested entity was not found/.test(error.message),
    );
    await assert.rejects(
      sheets.spreadsheets.values.get({ spreadsheetId: await newBook(), range: "Tidak!A1" }),
      (error) => error.status === 400 && /Unable to parse range/.test(error.message),
    );
  },

  async files_are_uploaded_found_downloaded_and_deleted() {
    const made = await drive.files.create({
      requestBody: { name: "surat.txt" },
      media: { mimeType: "text/plain", body: "isi" },
      fields: "id,size",
    });
    assert.equal(made.data.size, "3");
    const fileId = made.data.id;
    const found = await drive.files.list({ q: "name = 'surat.txt' and trashed = false" });
    assert.deepEqual(found.data.files.map((file) => file.id), [fileId]);
    const read = await drive.files.get({ fileId, alt: "media" }, { responseType: "text" });
    assert.equal(read.data, "isi");
    const shared = await drive.permissions.create({
      fileId,
      requestBody: { type: "anyone", role: "reader" },
    });
    assert.equal(shared.data.id, "anyoneWithLink");
    assert.equal((await drive.files.delete({ fileId })).status, 204);
    await assert.rejects(drive.files.get({ fileId }), (error) => error.status === 404);
  },

  async an_upload_broken_off_goes_on_where_google_says() {
    const whole = randomBytes(3 * 256 * 1024 + 77);
    const piece = 256 * 1024;
    const upload = "https://www.googleapis.com/upload/drive/v3/files?uploadType=resumable&fields=id,md5Checksum";
    const begun = await auth.request({ url: upload, method: "POST", data: { name: "surat.pdf" } });
    const url = begun.headers.get("location");
    const answers = (status) => status < 400;
    const send = (from, to, options = {}) =>
      auth.request({
        url,
        method: "PUT",
        headers: { "Content-Range": `bytes ${from}-${to - 1}/${whole.length}` },
        body: whole.subarray(from, to),
        validateStatus: answers,
        retry: false,
        ...options,
      });
    const first = await send(0, piece);
    assert.equal(first.status, 308);
    assert.equal(first.headers.get("range"), `bytes=0-${piece - 1}`);
    await assert.rejects(breakOff(url, piece, whole));
    const asked = await auth.request({
      url,
      method: "PUT",
      headers: { "Content-Range": `bytes */${whole.length}` },
      validateStatus: answers,
    });
    assert.equal(asked.status, 308);
    const kept = Number(asked.headers.get("range").split("-")[1]) + 1;
    assert.ok(kept >= piece && kept < whole.length);
    const done = await send(kept, whole.length);
    assert.equal(done.data.md5Checksum, createHash("md5").update(whole).digest("hex"));
  },

  async media_is_downloaded_whole_as_a_stream_and_by_range() {
    const whole = randomBytes(300_000);
    const made = await drive.files.create({
      requestBody: { name: "foto.png" },
      media: { mimeType: "image/png", body: Readable.from([whole.subarray(0, 9), whole.subarray(9)]) },
    });
    const asked = { fileId: made.data.id, alt: "media" };
    const stream = await drive.files.get(asked, { responseType: "stream" });
    const pieces = [];
    for await (const piece of stream.data) pieces.push(piece);
    assert.deepEqual(Buffer.concat(pieces), whole);
    const part = await drive.files.get(asked, {
      headers: { Range: "bytes=100-199" },
      responseType: "arraybuffer",
    });
    assert.equal(part.status, 206);
    assert.equal(part.headers.get("content-range"), "bytes 100-199/300000");
    assert.deepEqual(Buffer.from(part.data), whole.subarray(100, 200));
    await assert.rejects(
      drive.files.get(asked, { headers: { Range: "bytes=300000-" }, responseType: "arraybuffer" }),
      (error) => error.status === 416,
    );
  },

  async csv_becomes_a_spreadsheet_and_csv_again() {
    const made = await drive.files.create({
      requestBody: { name: "data", mimeType: "application/vnd.google-apps.spreadsheet" },
      media: { mimeType: "text/csv", body: "a,b\n1,2\n" },
    });
    const told = await drive.files.export(
      { fileId: made.data.id, mimeType: "text/csv" },
      { responseType: "text" },
    );
    assert.equal(told.data, "a,b\r\n1,2");
  },

  async rows_of_google_spreadsheet_are_added_changed_and_deleted() {
    const book = await GoogleSpreadsheet.createNewSpreadsheetDocument(auth, { title: "Buku" });
    await book.loadInfo();
    assert.equal(book.title, "Buku");
    const sheet = await book.addSheet({ title: "Orang", headerValues: ["nama", "umur"] });
    const [, second] = await sheet.addRows([
      { nama: "Citra", umur: 31 },
      { nama: "Adi", umur: "=10*2" },
    ]);
    assert.equal(second.get("umur"), "20");
    const [citra, adi] = await sheet.getRows();
    citra.set("umur", 32);
    await citra.save();
    await adi.delete();
    const left = await sheet.getRows();
    assert.deepEqual(left.map((row) => row.get("umur")), ["32"]);
    await book.delete();
  },

  async cells_of_google_spreadsheet_keep_value_note_format_and_error() {
    const book = new GoogleSpreadsheet(await newBook(), auth);
    await book.loadInfo();
    const sheet = book.sheetsByIndex[0];
    await sheet.loadCells("A1:D4");
    const number = sheet.getCellByA1("A1");
    number.value = 36.6;
    number.numberFormat = { type: "NUMBER", pattern: "0.00" };
    const formula = sheet.getCellByA1("B1");
    formula.formula = "=A1*2";
    formula.note = "periksa";
    formula.textFormat = { bold: true };
    sheet.getCellByA1("C1").formula = "=TIDAKADA(1)";
    sheet.getCellByA1("D1").formula = "=1/0";
    await sheet.saveUpdatedCells();
    sheet.resetLocalCache(true);
    await sheet.loadCells();
    const [a, b, c, d] = ["A1", "B1", "C1", "D1"].map((name) => sheet.getCellByA1(name));
    assert.deepEqual([a.formattedValue, b.value, b.note], ["36.60", 73.2, "periksa"]);
    assert.equal(b.textFormat.bold, true);
    assert.deepEqual([c.errorValue.type, d.errorValue.type], ["NAME", "DIVIDE_BY_ZERO"]);
  },

  async sheets_of_google_spreadsheet_are_changed_as_a_whole() {
    const book = new GoogleSpreadsheet(await newBook(), auth);
    await book.loadInfo();
    const sheet = book.sheetsByIndex[0];
    await sheet.resize({ rowCount: 30, columnCount: 8 });
    await sheet.updateProperties({ title: "Utama", tabColor: { red: 1 } });
    await sheet.setHeaderRow(["nama", "kota"]);
    await sheet.insertDimension("ROWS", { startIndex: 3, endIndex: 5 }, false);
    const square = { startRowIndex: 10, endRowIndex: 12, startColumnIndex: 0, endColumnIndex: 2 };
    await sheet.mergeCells(square);
    await sheet.unmergeCells(square);
    const copy = await sheet.duplicate({ title: "Salinan" });
    assert.equal(copy.title, "Salinan");
    await copy.delete();
    await book.loadInfo();
    assert.deepEqual(Object.keys(book.sheetsByTitle), ["Utama"]);
    assert.equal(book.sheetsByIndex[0].rowCount, 32);
  },

  async a_sheet_of_google_spreadsheet_is_downloaded_in_every_format_of_a_table() {
    const book = new GoogleSpreadsheet(await newBook(), auth);
    await book.loadInfo();
    const sheet = book.sheetsByIndex[0];
    await sheet.setHeaderRow(["nama", "kota"]);
    await sheet.addRow({ nama: "Citra", kota: "Kupang" });
    const text = (data) => Buffer.from(data).toString();
    assert.equal(text(await sheet.downloadAsCSV()), "nama,kota\r\nCitra,Kupang");
    assert.equal(text(await sheet.downloadAsTSV()), "nama\tkota\r\nCitra\tKupang");
    assert.equal(text(await book.downloadAsXLSX()).slice(0, 2), "PK");
  },

  async sharing_by_google_spreadsheet_is_listed_and_undone() {
    const book = new GoogleSpreadsheet(await newBook(), auth);
    await book.setPublicAccessLevel("reader");
    await book.share("citra@example.com", { role: "writer", emailMessage: false });
    const told = await book.listPermissions();
    assert.deepEqual(told.map((each) => each.role).sort(), ["owner", "reader", "writer"]);
    for (const each of told.filter((one) => one.role !== "owner")) {
      await book.deletePermission(each.id);
    }
    assert.equal((await book.listPermissions()).length, 1);
  },
};

await promises[promise]();

// What the page shows. ES5; whatever a code says is put in as text, never as markup.
(function () {
  "use strict";

  var office = JSON.parse(byId("office-facts").textContent);
  var MONTHS = ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
    "November", "Desember"];
  var VERDICTS = {
    none: ["", "BELUM ADA KODE", "Pindai kode QR pada surat, atau tempel tautannya di bawah."],
    genuine: ["good", "ASLI", "Kode ini dibuat oleh " + office.name + "."],
    expired: ["late", "KEDALUWARSA", "Kode ini asli, tetapi masa berlaku surat sudah lewat menurut tanggal di perangkat ini."],
    keyRevoked: ["bad", "KUNCI DICABUT", "Kode ini dibuat dengan kunci yang sudah dicabut dan tidak dapat dipercaya lagi. " +
      "Tanyakan kepada kantor."],
    withdrawn: ["bad", "SURAT DICABUT", "Kantor sudah mencabut surat ini. Surat ini tidak berlaku lagi."],
    unrecorded: ["bad", "TIDAK TERCATAT", "Surat dengan kode ini tidak tercatat di kantor. Tanyakan kepada kantor."],
    forged: ["bad", "TIDAK ASLI", "Kode ini tidak dibuat oleh " + office.name + ", atau sudah diubah."],
    unknownKey: ["bad", "TIDAK ASLI", "Kode ini tidak dibuat dengan kunci " + office.name +
      " yang dikenal halaman ini. Bila suratnya baru, tanyakan kepada kantor."],
    broken: ["bad", "TIDAK ASLI", "Ini bukan kode verifikasi yang utuh. Pindai sekali lagi; bila hasilnya sama, " +
      "surat itu tidak memuat kode kantor ini."],
    unable: ["late", "TIDAK DAPAT DIPERIKSA", "Peramban ini terlalu lama untuk memeriksa kode. Buka tautan yang sama dengan " +
      "Chrome, Firefox, atau Safari yang lebih baru."]
  };
  var turn = 0; // a late answer about a former code must not be shown

  function check(text) {
    var mine = ++turn;
    var wanted = Code.find(text);
    if (!wanted) return show("none");
    var code = Code.read(wanted);
    if (!code) return show("broken");
    var key = office.keys.filter(function (known) { return known.id === code.keyId; })[0];
    if (!key) return show("unknownKey");
    Code.verify(code, key.point, function (genuine) {
      if (mine !== turn) return;
      if (genuine === null) return show("unable");
      if (!genuine) return show("forged");
      if (key.revoked) return show("keyRevoked", code);
      show(isPast(code.validUntil) ? "expired" : "genuine", code);
      askOffice(wanted, code, mine);
    });
  }

  function askOffice(wanted, code, mine) {
    if (!office.lookup) {
      return put("withdrawal", "Halaman ini tidak mengetahui apakah surat kemudian dicabut. Bila ragu, tanyakan kepada kantor.");
    }
    put("withdrawal", "Menanyakan kepada kantor apakah surat ini dicabut …");
    var request = new XMLHttpRequest();
    request.open("POST", office.lookup);
    request.timeout = 15000;
    request.onload = function () {
      if (mine === turn) answered(request.status === 200 ? parsed(request.responseText) : "", code);
    };
    request.onerror = request.ontimeout = function () {
      if (mine === turn) answered("", code);
    };
    request.send(wanted);
  }

  function answered(outcome, code) {
    if (outcome === "revoked") show("withdrawn", code);
    else if (outcome === "unknown") show("unrecorded", code);
    else put("withdrawal", outcome === "genuine" ? "Menurut catatan kantor, surat ini tidak dicabut."
      : "Belum dapat ditanyakan apakah surat ini dicabut. Coba lagi, atau tanyakan kepada kantor.");
  }

  function parsed(text) {
    try {
      return String(JSON.parse(text).outcome);
    } catch (error) {
      return "";
    }
  }

  function show(name, code) {
    var verdict = VERDICTS[name];
    byId("result").className = verdict[0] === "good" && isElsewhere() ? "late" : verdict[0];
    put("verdict", verdict[1]);
    put("reason", verdict[2]);
    put("withdrawal", "");
    byId("compare").hidden = !code;
    var facts = byId("facts");
    facts.textContent = "";
    if (!code) return;
    add(facts, "Nomor surat", code.number);
    add(facts, "Nama (disamarkan)", code.name);
    add(facts, "Jenis surat", code.kind);
    add(facts, "Tanggal surat", inWords(code.dated));
    add(facts, "Berlaku sampai", code.validUntil ? inWords(code.validUntil) : "tanpa batas waktu");
  }

  function add(list, term, text) {
    list.appendChild(document.createElement("dt")).textContent = term;
    list.appendChild(document.createElement("dd")).textContent = text;
  }

  function inWords(day) {
    return Number(day.substr(6)) + " " + MONTHS[Number(day.substr(4, 2)) - 1] + " " + day.substr(0, 4);
  }

  function isPast(day) {
    var now = new Date();
    return day !== "" && Number(day) < now.getFullYear() * 10000 + (now.getMonth() + 1) * 100 + now.getDate();
  }

  function isFile() {
    return location.protocol === "file:" || location.protocol === "content:";
  }

  function isElsewhere() {
    return !isFile() && location.host.toLowerCase() !== office.site;
  }

  function warnOfSite() {
    var warning = "";
    if (isFile()) {
      warning = "Halaman ini dibuka dari berkas. Percayai hasilnya hanya bila berkas ini Anda terima langsung dari kantor.";
    } else if (isElsewhere()) {
      warning = "JANGAN PERCAYA HALAMAN INI. Alamatnya " + location.host + ", seharusnya " + office.site + ".";
    }
    put("site-warning", warning);
    byId("site-warning").hidden = !warning;
  }

  function byId(id) {
    return document.getElementById(id);
  }

  function put(id, text) {
    byId(id).textContent = text;
  }

  put("government", office.government);
  put("office", office.name);
  put("address", "Alamat resmi halaman ini: " + office.url);
  put("contact", office.contact ? "Hubungi kantor: " + office.contact : "");
  warnOfSite();
  byId("form").onsubmit = function () {
    check(byId("text").value);
    byId("result").scrollIntoView();
    return false;
  };
  window.onhashchange = function () { check(location.hash); };
  check(location.hash);
})();

// A verification code → its facts, and whether the office's key signed them. The same as sync/core/verification.py.
// ES5: old browsers must be able to read this file. Nothing here touches the page.
var Code = (function () {
  "use strict";

  var ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  var SIGNATURE_BYTES = 64;
  var LONGEST_CODE = 1200;

  // What a person pasted or a camera read → the code in it: what follows the last "#", without blanks.
  function find(text) {
    return text.slice(text.lastIndexOf("#") + 1).replace(/\s/g, "");
  }

  // → {keyId, number, name, kind, dated, validUntil ("" or yyyymmdd), signed, signature}; null: not a code.
  function read(text) {
    var content = text.length <= LONGEST_CODE ? fromBase32(text) : null;
    if (!content || content.length <= SIGNATURE_BYTES) return null;
    var cut = content.length - SIGNATURE_BYTES;
    var signed = content.subarray(0, cut);
    var lines = utf8(signed).split("\n");
    if (lines.length !== 8 || lines[0] !== "L1") return null;
    if (!/^[A-Z2-7]{8}$/.test(lines[1]) || !/^\d{8}$/.test(lines[2]) || !/^(\d{8})?$/.test(lines[3])) return null;
    return {
      keyId: lines[1], dated: lines[2], validUntil: lines[3], number: lines[5], name: lines[6], kind: lines[7],
      signed: signed, signature: content.subarray(cut)
    };
  }

  // Calls `tell` with true, false, or null where this browser cannot verify. `point`: 65 bytes in hexadecimal.
  function verify(code, point, tell) {
    var key = fromHex(point);
    var subtle = window.crypto && window.crypto.subtle;
    var curve = { name: "ECDSA", namedCurve: "P-256" };
    var jwk = { kty: "EC", crv: "P-256", x: base64url(key.subarray(1, 33)), y: base64url(key.subarray(33)), ext: true };
    if (!subtle) return tell(withoutWebCrypto(code, key));
    subtle.importKey("jwk", jwk, curve, false, ["verify"]).then(function (imported) {
      return subtle.verify({ name: "ECDSA", hash: { name: "SHA-256" } }, imported, code.signature, code.signed);
    }).then(tell, function () {
      tell(withoutWebCrypto(code, key));
    });
  }

  function withoutWebCrypto(code, key) {
    if (typeof P256 === "undefined" || !P256) return null; // p256.js needs BigInt
    try {
      return P256.verify(code.signature, code.signed, key);
    } catch (error) {
      return false; // a signature that no key could have made
    }
  }

  // null where it is not the one spelling of its bytes.
  function fromBase32(text) {
    var bytes = new Uint8Array(Math.floor(text.length * 5 / 8));
    var held = 0, bits = 0, at = 0;
    for (var i = 0; i < text.length; i++) {
      var value = ALPHABET.indexOf(text.charAt(i));
      if (value < 0) return null;
      held = (held << 5 | value) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[at++] = held >> bits & 0xff;
      }
    }
    return bits < 5 && (held & (1 << bits) - 1) === 0 ? bytes : null;
  }

  function fromHex(text) {
    var bytes = new Uint8Array(text.length / 2);
    for (var i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.substr(2 * i, 2), 16);
    return bytes;
  }

  function utf8(bytes) {
    try {
      return decodeURIComponent(escape(binary(bytes)));
    } catch (error) {
      return "";
    }
  }

  function base64url(bytes) {
    return btoa(binary(bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  }

  function binary(bytes) {
    var text = "";
    for (var i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]);
    return text;
  }

  return { find: find, read: read, verify: verify };
})();

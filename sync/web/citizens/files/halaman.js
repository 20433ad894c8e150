// Comfort only: every page works without it. ES5, for old phones.
(function () {
  "use strict";
  var own = document.currentScript;
  var verifier = own.getAttribute("data-verifier");

  // A letter's code that leads here, from an address of before, goes on to the page that reads it.
  if (verifier && /^#[A-Z2-7]{100,}$/.test(location.hash)) {
    location.replace(verifier + location.hash);
    return;
  }

  if ("serviceWorker" in navigator && location.protocol !== "file:") {
    navigator.serviceWorker.register(own.getAttribute("data-worker"));
  }

  function tell() {
    document.getElementById("luring").hidden = navigator.onLine !== false;
  }
  addEventListener("online", tell);
  addEventListener("offline", tell);
  tell();
})();

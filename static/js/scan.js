/* Reads a label's QR in components/scanner.html. Only where the browser has a detector and the page came over a secure
   connection; elsewhere it says why and the typed field does. */

const LOOK_EVERY_MS = 180;

const canRead = async () => {
  if (!("BarcodeDetector" in window)) return false;
  try {
    return (await window.BarcodeDetector.getSupportedFormats()).includes("qr_code");
  } catch {
    return false;
  }
};

const setUp = async (box) => {
  const start = box.querySelector("[data-scan-start]");
  const said = box.querySelector("[data-scan-said]");
  const view = box.querySelector("video");
  const field = box.querySelector(`[name="${CSS.escape(box.dataset.scan)}"]`);
  const say = (what) => {
    said.textContent = said.dataset[what] ?? "";
  };

  if (!window.isSecureContext) {
    say("insecure");
    return;
  }
  if (!(await canRead())) {
    say("unable");
    return;
  }
  start.hidden = false;
  let stream;

  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = undefined;
    view.hidden = true;
    start.hidden = false;
  };

  const found = (text) => {
    stop();
    say("found");
    navigator.vibrate?.(60);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.form?.requestSubmit();
  };

  const look = async (detector) => {
    if (!stream) return;
    try {
      const [code] = await detector.detect(view);
      if (code?.rawValue) {
        found(code.rawValue);
        return;
      }
    } catch {
      /* no frame yet */
    }
    setTimeout(look, LOOK_EVERY_MS, detector);
  };

  start.addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      say("denied");
      return;
    }
    start.hidden = true;
    view.hidden = false;
    view.srcObject = stream;
    await view.play();
    say("looking");
    look(new window.BarcodeDetector({ formats: ["qr_code"] }));
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) stop();
  });
};

for (const box of document.querySelectorAll("[data-scan]")) setUp(box);

/* A line drawn with the finger in components/signature.html. The typed name beside it always counts; the drawing goes with
   the form as a PNG data address once there is one. */

const LINE_PX = 5;

const setUp = (box) => {
  const pad = box.querySelector("canvas");
  const drawn = box.querySelector("[data-signature-drawn]");
  const pen = pad.getContext("2d");
  if (!pen) return;
  box.querySelector("[data-signature-box]").hidden = false;
  pen.lineWidth = LINE_PX;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.strokeStyle = "#14284b";
  let last;

  const at = (event) => {
    const frame = pad.getBoundingClientRect();
    return {
      x: ((event.clientX - frame.left) * pad.width) / frame.width,
      y: ((event.clientY - frame.top) * pad.height) / frame.height,
    };
  };

  const line = (to) => {
    pen.beginPath();
    pen.moveTo(last.x, last.y);
    pen.lineTo(to.x, to.y);
    pen.stroke();
    last = to;
  };

  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    last = at(event);
    line(last);
  });
  pad.addEventListener("pointermove", (event) => {
    if (!last) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) line(at(one));
  });
  const lift = () => {
    if (!last) return;
    last = undefined;
    drawn.value = pad.toDataURL("image/png");
  };
  pad.addEventListener("pointerup", lift);
  pad.addEventListener("pointercancel", lift);

  box.querySelector("[data-signature-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, pad.width, pad.height);
    drawn.value = "";
  });
};

for (const box of document.querySelectorAll("[data-signature]")) setUp(box);

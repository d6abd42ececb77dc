'use strict';
const map = JSON.parse(document.getElementById('data').textContent);
const canvas = document.querySelector('canvas'), pen = canvas.getContext('2d');
const said = document.getElementById('said'), bars = [...document.querySelectorAll('li')];
let view = {scale: 1, x: 0, y: 0}, size = {w: 1, h: 1, base: 1, left: 0, top: 0}, lit = -1, drag = null;
const cell = 0.02, grid = new Map();
map.points.forEach((p, i) => {
  const key = Math.floor(p[0] / cell) + ',' + Math.floor(p[1] / cell);
  if (!grid.has(key)) grid.set(key, []);
  grid.get(key).push(i);
});
const sx = x => size.left + (x * size.base) * view.scale + view.x;
const sy = y => size.top + (y * size.base) * view.scale + view.y;
function fit() {
  const box = canvas.getBoundingClientRect(), dots = window.devicePixelRatio || 1;
  canvas.width = box.width * dots; canvas.height = box.height * dots;
  pen.setTransform(dots, 0, 0, dots, 0, 0);
  const base = Math.min(box.width / map.wide, box.height) * 0.97;
  size = {w: box.width, h: box.height, base, left: (box.width - base * map.wide) / 2, top: (box.height - base) / 2};
  draw();
}
function radius() {
  return Math.max(0.7, Math.min(6, 0.26 * size.base * view.scale / Math.sqrt(map.points.length + 20)));
}
function draw() {
  pen.clearRect(0, 0, size.w, size.h);
  map.islands.forEach((s, k) => {
    pen.globalAlpha = lit < 0 || lit === k ? 0.10 : 0.03; pen.fillStyle = s[4];
    pen.beginPath(); pen.arc(sx(s[0]), sy(s[1]), s[2] * size.base * view.scale, 0, 7); pen.fill();
  });
  const r = radius();
  for (const p of map.points) {
    const x = sx(p[0]), y = sy(p[1]);
    if (x < -r || y < -r || x > size.w + r || y > size.h + r) continue;
    pen.globalAlpha = (lit < 0 || lit === p[2] ? 1 : 0.12) * [0.85, 0.5, 0.28][p[3]];
    pen.fillStyle = map.islands[p[2]][4];
    pen.beginPath(); pen.arc(x, y, r, 0, 7); pen.fill();
  }
  pen.globalAlpha = 1; pen.textAlign = 'center'; pen.textBaseline = 'middle'; pen.lineJoin = 'round';
  map.islands.forEach((s, k) => {
    if (lit >= 0 && lit !== k) return;
    const wide = 2 * s[2] * size.base * view.scale, room = lit === k ? Math.max(wide, 200) : wide;
    let height = Math.max(10, Math.min(19, wide / 8)) + 1, lines;
    do {
      height -= 1;
      pen.font = '600 ' + height + 'px system-ui, sans-serif';
      lines = wrap(s[3], room * 1.02);
    } while (height > 9.5 && lines.length * height * 1.15 > room * 0.9);
    if (lines.length * height * 1.15 > room * 0.9) lines = [String(k + 1)];
    lines.forEach((line, i) => {
      const y = sy(s[1]) + (i - (lines.length - 1) / 2) * height * 1.15;
      pen.lineWidth = 4; pen.strokeStyle = '#ffffffe6'; pen.strokeText(line, sx(s[0]), y);
      pen.fillStyle = '#10161d'; pen.fillText(line, sx(s[0]), y);
    });
  });
}
function wrap(text, wide) {
  const lines = [];
  for (const word of text.split(' ')) {
    const last = lines.length ? lines[lines.length - 1] + ' ' + word : word;
    if (lines.length && pen.measureText(last).width <= wide) lines[lines.length - 1] = last;
    else { if (pen.measureText(word).width > wide) return new Array(99); lines.push(word); }
  }
  return lines;
}
function under(px, py) {
  const x = (px - size.left - view.x) / (size.base * view.scale), y = (py - size.top - view.y) / (size.base * view.scale);
  const reach = Math.max(radius() + 3, 6) / (size.base * view.scale); let best = -1, least = reach * reach;
  for (let a = Math.floor((x - reach) / cell); a <= Math.floor((x + reach) / cell); a++)
    for (let b = Math.floor((y - reach) / cell); b <= Math.floor((y + reach) / cell); b++)
      for (const i of grid.get(a + ',' + b) || []) {
        const dx = map.points[i][0] - x, dy = map.points[i][1] - y, d = dx * dx + dy * dy;
        if (d < least) { least = d; best = i; }
      }
  return best;
}
function tell(i, px, py) {
  if (i < 0) { said.style.display = 'none'; return; }
  const p = map.points[i], head = document.createElement('b');
  head.textContent = map.islands[p[2]][3] + ['', ' (weak fit)', ' (fits nothing well)'][p[3]];
  said.replaceChildren(head, document.createTextNode(p[4]));
  said.style.display = 'block';
  said.style.left = Math.max(4, Math.min(px + 14, size.w - said.offsetWidth - 4)) + 'px';
  said.style.top = Math.max(4, Math.min(py + 14, size.h - said.offsetHeight - 4)) + 'px';
}
function light(k) { if (k !== lit) { lit = k; bars.forEach((b, i) => b.classList.toggle('on', i === k)); draw(); } }
canvas.addEventListener('pointermove', e => {
  const box = canvas.getBoundingClientRect(), x = e.clientX - box.left, y = e.clientY - box.top;
  if (drag) { view.x = drag.x + e.clientX - drag.px; view.y = drag.y + e.clientY - drag.py; tell(-1); draw(); return; }
  tell(under(x, y), x, y);
});
canvas.addEventListener('pointerdown', e => { drag = {px: e.clientX, py: e.clientY, x: view.x, y: view.y}; canvas.setPointerCapture(e.pointerId); });
canvas.addEventListener('pointerup', () => { drag = null; });
canvas.addEventListener('pointerleave', () => tell(-1));
canvas.addEventListener('dblclick', () => { view = {scale: 1, x: 0, y: 0}; draw(); });
canvas.addEventListener('wheel', e => {
  e.preventDefault();
  const box = canvas.getBoundingClientRect(), px = e.clientX - box.left - size.left, py = e.clientY - box.top - size.top;
  const scale = Math.max(1, Math.min(40, view.scale * Math.exp(-e.deltaY / 400))), k = scale / view.scale;
  view = {scale, x: px - (px - view.x) * k, y: py - (py - view.y) * k};
  if (scale === 1) view = {scale: 1, x: 0, y: 0};
  draw();
}, {passive: false});
bars.forEach((b, k) => {
  b.addEventListener('pointerenter', () => light(k)); b.addEventListener('pointerleave', () => light(-1));
  b.addEventListener('focus', () => light(k)); b.addEventListener('blur', () => light(-1));
});
window.addEventListener('resize', fit);
fit();

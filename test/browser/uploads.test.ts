import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Chromium } from './chromium';
import { PlayedDistribution, Protection, StoredObject } from './distribution';
import { DefaultContent, StaticMediaCdn } from '../../src';
import { DocumentedEdge } from '../cdn/documented-edge';

// What a real browser does with hostile uploads beside the pages of an app, on one origin, which is the worst case: the site's own policy allows its scripts, so that an
// upload that runs as one is a script of the site. Each attempt is also made without what protects it, and must succeed then: one that cannot would prove nothing.

/** Says to the server that it ran, by all ways that a policy may leave open. */
const says = (what: string) => `try { (self.opener || self.parent).postMessage('${what}', '*') } catch {} fetch('/said/${what}', { mode: 'no-cors' }).catch(() => undefined);`;
const script = (what: string, type = 'text/javascript'): StoredObject => ({ type, body: says(what) });
const html = (what: string): StoredObject => ({ type: 'text/html', body: `<!doctype html><script>${says(what)}</script>` });
const svg = (what: string): StoredObject => ({ type: 'image/svg+xml', body: `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><script>${says(what)}</script></svg>` });
const styles = (id: string, type = 'text/css'): StoredObject => ({ type, body: `#${id} { color: rgb(1, 2, 3) }` });

/** The smallest PDF, whose catalog has a script. */
const PDF = '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>';
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

const MEDIA: Record<string, StoredObject> = {
  'media/frame.html': html('HTML in a frame'),
  'media/window.html': html('HTML in a window'),
  'media/frame.xhtml': { type: 'application/xhtml+xml', body: `<html xmlns="http://www.w3.org/1999/xhtml"><script>${says('XHTML in a frame')}</script></html>` },
  'media/frame.svg': svg('SVG in a frame'),
  'media/window.svg': svg('SVG in a window'),
  'media/object.svg': svg('SVG in an object'),
  'media/script.js': script('a script'),
  'media/script.txt': script('a script that is called text', 'text/plain'),
  'media/module.js': script('a module'),
  'media/imported.js': script('an imported module'),
  'media/worker.js': { type: 'text/javascript', body: 'postMessage(1)' },
  'media/shared.js': { type: 'text/javascript', body: 'onconnect = (event) => event.ports[0].postMessage(1)' },
  'media/service.js': { type: 'text/javascript', body: '' },
  'media/imported-by-worker.js': { type: 'text/javascript', body: 'postMessage(1)' },
  'media/style.css': styles('linked'),
  'media/imported.css': styles('imported'),
  'media/a.pdf': { type: 'application/pdf', body: PDF },
  'media/a.wasm': { type: 'application/wasm', body: Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) },
  'media/a.png': { type: 'image/png', body: PICTURE },
  'media/data.json': { type: 'application/json', body: '{"a":1}' },
};

/** Runs in the browser, as the app's own page: each attempt resolves where the upload ran or was used. */
const PAGE = `<!doctype html>
<p id="linked">a</p><p id="imported">b</p>
<script>
const heard = new Set();
addEventListener('message', ({ data }) => heard.add(data));
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (condition) => { for (let tries = 0; tries < 30; tries++) { if (condition()) return true; await wait(50); } return false; };
const put = (name, attributes) => document.body.append(Object.assign(document.createElement(name), attributes));
const says = (what) => until(() => heard.has(what));
const answered = (port, how) => new Promise((resolve) => { port.onmessage = () => resolve(true); how?.(() => resolve(false)); setTimeout(() => resolve(false), 1500); });
const colored = (id) => until(() => getComputedStyle(document.getElementById(id)).color === 'rgb(1, 2, 3)');
const embedded = (what, name, attributes) => { put(name, attributes); return says(what); };

const attempts = {
  'HTML in a frame': () => embedded('HTML in a frame', 'iframe', { src: '/media/frame.html' }),
  'HTML in a window': () => { open('/media/window.html'); return says('HTML in a window'); },
  'XHTML in a frame': () => embedded('XHTML in a frame', 'iframe', { src: '/media/frame.xhtml' }),
  'SVG in a frame': () => embedded('SVG in a frame', 'iframe', { src: '/media/frame.svg' }),
  'SVG in a window': () => { open('/media/window.svg'); return says('SVG in a window'); },
  'SVG in an object': () => embedded('SVG in an object', 'object', { data: '/media/object.svg', type: 'image/svg+xml' }),
  'a script': () => embedded('a script', 'script', { src: '/media/script.js' }),
  'a script that is called text': () => embedded('a script that is called text', 'script', { src: '/media/script.txt' }),
  'a module': () => embedded('a module', 'script', { src: '/media/module.js', type: 'module' }),
  'an imported module': () => import('/media/imported.js').then(() => true),
  'a worker': () => { const worker = new Worker('/media/worker.js'); return answered(worker, (fails) => worker.onerror = fails); },
  'a shared worker': () => { const { port } = new SharedWorker('/media/shared.js'); return answered(port); },
  'a service worker': () => navigator.serviceWorker.register('/media/service.js').then(() => true),
  'a script of a worker': () => { const worker = new Worker(URL.createObjectURL(new Blob(['importScripts("' + location.origin + '/media/imported-by-worker.js")']))); return answered(worker, (fails) => worker.onerror = fails); },
  'a style sheet': () => { put('link', { rel: 'stylesheet', href: '/media/style.css' }); return colored('linked'); },
  'an imported style sheet': () => { put('style', { textContent: '@import "/media/imported.css"' }); return colored('imported'); },
  'WebAssembly': () => WebAssembly.compileStreaming(fetch('/media/a.wasm')).then(() => true),
  'a PDF in a frame': () => {
    const frame = document.createElement('iframe');
    frame.src = '/media/a.pdf';
    document.body.append(frame);
    return until(() => frame.contentDocument && frame.contentDocument.contentType === 'application/pdf'); // of the viewer
  },
  'a picture': () => new Promise((resolve) => { const image = new Image(); image.onload = () => resolve(image.naturalWidth === 1); image.onerror = () => resolve(false); image.src = '/media/a.png'; }),
  'a picture of another origin': () => new Promise((resolve) => { const image = new Image(); image.onload = () => resolve(image.naturalWidth === 1); image.onerror = () => resolve(false); image.src = location.search.slice(1) + '/media/a.png'; }),
  'a file of another origin': () => fetch(location.search.slice(1) + '/media/data.json', { mode: 'no-cors' }).then(() => true),
  'data that the site reads': () => fetch('/media/data.json').then((response) => response.json()).then(({ a }) => a === 1),
};
addEventListener('load', async () => {
  const results = await Promise.all(Object.entries(attempts).map(async ([name, attempt]) => [name, await Promise.resolve().then(attempt).catch(() => false)]));
  await fetch('/said/done', { method: 'POST', body: JSON.stringify(Object.fromEntries(results)) });
});
</script>`;

function edge(): DocumentedEdge {
  const stack = new Stack(new App(), 'Stack');
  new StaticMediaCdn(stack, 'Cdn', { appDomain: 'app.example.org', defaultContent: DefaultContent.app() });
  return new DocumentedEdge(Template.fromStack(stack).toJSON() as any);
}

const SHIPPED = edge();

/** What happened, by attempt: what the page saw, or what said to the server that it ran. */
async function attemptsWith(protection: Protection): Promise<Record<string, boolean>> {
  const [site, other] = [0, 1].map(() => new PlayedDistribution(SHIPPED, { media: MEDIA, pages: { '/': PAGE } }, protection));
  let chromium: Chromium | undefined;
  try {
    const [url, otherUrl] = [await site.start(), await other.start()];
    chromium = Chromium.open(`${url}/?${otherUrl}`);
    const seen: Record<string, boolean> = JSON.parse(await chromium.until(site.heard('done')));
    return Object.fromEntries(Object.entries(seen).map(([attempt, result]) => [attempt, result || site.said.has(attempt)]));
  } finally {
    await Promise.all([chromium?.close(), site.stop(), other.stop()]);
  }
}

/** What is not to be prevented: a picture is shown, also by pages of another origin, and the site reads its files. */
const WANTED = ['a picture', 'a picture of another origin', 'data that the site reads'];
const happened = (results: Record<string, boolean>) => Object.keys(results).filter((attempt) => results[attempt] === true).sort();

test('as they are stored, uploads run', async () => {
  const results = await attemptsWith('as stored');
  expect(Object.keys(results)).toHaveLength(22);
  expect(happened(results)).toEqual(Object.keys(results).sort());
});

test('the policy of response headers alone keeps documents from running, and text from being a script, but neither scripts, styles nor PDFs', async () => {
  expect(happened(await attemptsWith('without the function'))).toEqual([
    ...WANTED, 'a PDF in a frame', 'a file of another origin', 'a module', 'a script', 'a script of a worker', 'a service worker', 'a shared worker', 'a style sheet', 'a worker',
    'an imported module', 'an imported style sheet', 'WebAssembly',
  ].sort());
});

test('as a CDN serves them, none runs, and pictures are shown', async () => {
  expect(happened(await attemptsWith('as shipped'))).toEqual([...WANTED].sort());
});

import { DroppedPhoto } from './dropped-photo';

const COLUMNS = ['photo', 'thumbnail', 'archived copy', 'dropbox'];

export function reportTable(photos: DroppedPhoto[]): string {
  const rows = [COLUMNS, ...photos.map(cells)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => '  ' + row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()).join('\n');
}

/** One file without references, to look at offline and to send around. */
export function reportPage(photos: DroppedPhoto[]): string {
  const figures = photos.map(({ name, thumbnail }) => {
    const source = `data:image/jpeg;base64,${thumbnail!.jpeg.toString('base64')}`;
    return `<figure><img src="${source}" alt="Thumbnail of ${name}"><figcaption>${name}</figcaption></figure>`;
  });
  const rows = photos.map((photo) => `<tr>${[...cells(photo), photo.sha256].map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Photo archive: what the demo made</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
  main { display: grid; grid-template-columns: repeat(auto-fill, minmax(256px, 1fr)); gap: 1rem }
  figure { margin: 0 } figcaption { color: #555 } td, th { padding: .25rem 1rem .25rem 0; text-align: left } td:last-child { font: 12px monospace }
</style>
<h1>What the demo made</h1>
<p>The same photo ${photos.length} times, each stored in another orientation. Every thumbnail is upright.</p>
<main>
${figures.join('\n')}
</main>
<table>
<tr>${[...COLUMNS, 'SHA-256 of the original'].map((cell) => `<th>${cell}</th>`).join('')}</tr>
${rows.join('\n')}
</table>
</html>
`;
}

function cells({ name, thumbnail, archivedSame, gone }: DroppedPhoto): string[] {
  return [
    name,
    thumbnail ? `${thumbnail.width} × ${thumbnail.height}` : 'none',
    archivedSame ? 'same SHA-256' : 'DIFFERENT',
    gone ? 'gone' : 'STILL THERE',
  ];
}

import { bytesOf, portOf, secondsOf, shellWords, suggestion, volumeOf } from '../../src/compose/compose-values';

test.each<[string, string[] | undefined]>([
  ['a b  c', ['a', 'b', 'c']],
  ['a "b c" \'d e\'', ['a', 'b c', 'd e']],
  ['a="b c"d', ['a=b cd']],
  ['a\\ b', ['a b']],
  ['"\\"quoted\\" \\$5 \\n"', ['"quoted" $5 \\n']],
  ["''", ['']],
  ['', []],
  ['a "b', undefined],
  ["a 'b", undefined],
  ['a\\', undefined],
])('%s are the words %j', (text, words) => {
  expect(shellWords(text)).toEqual(words);
});

test.each<[string, number | undefined]>([['30s', 30], ['0', 0], ['1m30s', 90], ['2h', 7200], ['500ms', 0.5], ['1.5m', 90], ['30', undefined], ['', undefined], ['1d', undefined]])('%s is %s seconds', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});

test.each<[string, number | undefined]>([
  ['512m', 512 * 1024 ** 2], ['1.5G', 1.5 * 1024 ** 3], ['1gb', 1024 ** 3], ['10kb', 10_240], ['1GiB', 1024 ** 3], ['7', 7], ['7b', 7], ['x', undefined], ['1t', undefined],
])('%s are %s bytes', (text, bytes) => {
  expect(bytesOf(text)).toBe(bytes);
});

test.each<[string, object | undefined]>([
  ['80', { target: '80', protocol: 'tcp' }],
  ['8080:80', { target: '80', protocol: 'tcp' }],
  ['127.0.0.1:8080:80/udp', { target: '80', protocol: 'udp' }],
  ['[::1]:8080:80', { target: '80', protocol: 'tcp' }],
  ['3000-3005', { target: '3000-3005', protocol: 'tcp' }],
  ['53:53/UDP', { target: '53', protocol: 'udp' }],
  ['http', undefined],
  ['-80', undefined],
  ['80-', undefined],
])('%s is the port %j', (text, port) => {
  expect(portOf(text)).toEqual(port);
});

test.each<[string, object | undefined]>([
  ['data:/var', { type: 'volume', source: 'data', target: '/var' }],
  ['data:/var:ro', { type: 'volume', source: 'data', target: '/var' }],
  ['./a:/var', { type: 'bind', source: './a', target: '/var' }],
  ['/a:/var', { type: 'bind', source: '/a', target: '/var' }],
  ['~/a:/var', { type: 'bind', source: '~/a', target: '/var' }],
  ['/var', { type: 'volume', target: '/var' }],
  ['data', undefined],
  ['data:var', undefined],
])('%s is the volume %j', (text, volume) => {
  expect(volumeOf(text)).toEqual(volume);
});

test('the nearest word is one that is like it, or none', () => {
  expect(suggestion(['image', 'init', 'ipc'], 'imgae')).toBe(": did you mean 'image'?");
  expect(suggestion(['image', 'init'], 'volumes')).toBe('');
  expect(suggestion([], 'a')).toBe('');
});

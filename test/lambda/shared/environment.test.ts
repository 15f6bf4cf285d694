import { endpoint, positiveInteger, text } from '../../../lambda/shared/environment';

test('values are read', () => {
  expect(text({ NAME: 'x' }, 'NAME', 'a name')).toBe('x');
  expect(positiveInteger({ COUNT: '12' }, 'COUNT')).toBe(12);
});

test.each([undefined, ''])('%p is no text', (NAME) => {
  expect(() => text({ NAME }, 'NAME', 'a name')).toThrow(`environment variable NAME must be a name, got ${JSON.stringify(NAME)}`);
});

test.each([undefined, '', '0', '-1', '1.5', 'many'])('%p is no positive whole number', (COUNT) => {
  expect(() => positiveInteger({ COUNT }, 'COUNT')).toThrow('environment variable COUNT must be a positive whole number');
});

test.each(['https://s3.eu-central-1.wasabisys.com', 'http://localhost:9000', 'http://127.0.0.1:9000', 'http://[::1]:9000'])('%s is taken', (PLACE) => {
  expect(endpoint({ PLACE }, 'PLACE')).toBe(PLACE);
});

test.each([undefined, 'http://storage.example.org', 'storage.example.org', 'ftp://127.0.0.1'])('%p is no address that photos may travel to', (PLACE) => {
  expect(() => endpoint({ PLACE }, 'PLACE')).toThrow('environment variable PLACE must be an https URL');
});

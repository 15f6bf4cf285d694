// By scripts/support-calendar.mjs, from https://endoflife.date. Do not edit.

/** The last day of standard support by major version, the oldest first. */
export const SUPPORT_CALENDAR: Record<string, Record<string, string>> = {
  'amazon-rds-mysql': {
    '5.7': '2024-02-29',
    '8.0': '2026-07-31',
    '8.4': '2029-07-31',
  },
  'amazon-rds-mariadb': {
    10.4: '2025-02-28',
    10.5: '2026-02-28',
    10.6: '2026-08-31',
    10.11: '2028-02-29',
    11.4: '2029-05-31',
    11.8: '2030-06-30',
  },
  'amazon-rds-postgresql': {
    11: '2024-02-29',
    12: '2025-02-28',
    13: '2026-02-28',
    14: '2027-02-28',
    15: '2028-02-29',
    16: '2029-02-28',
    17: '2030-02-28',
    18: '2031-02-28',
  },
  'amazon-aurora-mysql': {
    '5.7': '2024-10-31',
    '8.0': '2028-04-30',
  },
  'amazon-aurora-postgresql': {
    11: '2024-02-29',
    12: '2025-02-28',
    13: '2026-02-28',
    14: '2027-02-28',
    15: '2028-02-29',
    16: '2029-02-28',
    17: '2030-02-28',
    18: '2031-02-28',
  },
};

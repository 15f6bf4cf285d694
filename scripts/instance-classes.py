"""Writes src/shared/instance-class-table.ts: which classes of RDS, Aurora and ElastiCache AWS has in which regions.

Source: the lists that cfn-lint makes of AWS's price lists and APIs, pinned in test/emulator/requirements.txt. Run it after each upgrade of cfn-lint:
.venv/bin/python scripts/instance-classes.py
"""
import json
import sys
from collections import defaultdict
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

LISTS = files('cfnlint') / 'data' / 'schemas' / 'extensions'
ENGINES = {
    'mysql': 'instance', 'mariadb': 'instance', 'postgres': 'instance', 'aurora-mysql': 'cluster', 'aurora-postgresql': 'cluster',
}
PREVIOUS_GENERATIONS = ['m1', 'm2', 'm3', 'm4', 'r3', 'r4', 't1', 't2']
SIZES = ['micro', 'small', 'medium', 'large', 'xlarge']
TABLE = Path(__file__).parent.parent / 'src' / 'shared' / 'instance-class-table.ts'


def read(name):
    return json.loads((LISTS / name).read_text())


def offered():
    """Kind to family to region to sizes."""
    table = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for region, schema in read('aws_rds_dbinstance/dbinstanceclass_enum.json').items():
        for rule in schema['allOf']:
            kind = ENGINES.get(rule['if']['properties'].get('Engine', {}).get('const'))
            if kind:
                add(table[kind], region, rule['then']['properties']['DBInstanceClass']['enum'])
    for region, schema in read('aws_elasticache_cachecluster/cachenodetype_enum.json').items():
        if isinstance(schema, dict):
            add(table['cache'], region, schema['enum'])
    return table


def add(families, region, classes):
    for name in classes:
        _, family, size = (name.split('.') + [''])[:3]
        if size:
            families[family][region].add(size)


def rows(families):
    regions = {region for by_region in families.values() for region in by_region}
    for family, by_region in sorted(families.items()):
        if family in PREVIOUS_GENERATIONS:
            continue
        # What a few regions have alone is no size of the family, but a leftover.
        sizes = {size for size in set.union(*by_region.values()) if sum(size in has for has in by_region.values()) * 2 > len(by_region)}
        there = {region for region, has in by_region.items() if len(has & sizes) * 2 > len(sizes)}
        without = regions - there
        where = ['-', *without] if len(without) <= len(there) else ['+', *there]
        yield f"    {family}: ['{min(sizes, key=order)}', '{' '.join(sorted(where))}'],"


def order(size):
    return (SIZES.index(size), 0) if size in SIZES else (len(SIZES), int(size.removesuffix('xlarge')))


def text():
    table = offered()
    regions = sorted({region for by_region in table['instance'].values() for region in by_region})
    lines = [
        f"// By scripts/instance-classes.py, from the lists of cfn-lint {version('cfn-lint')}. Do not edit.",
        '',
        '/** The regions that the table knows. */',
        f"export const REGIONS = '{' '.join(regions)}';",
        '',
        '/** By what runs on them and by family: the smallest size, and the regions that have it (`+`) or do not (`-`). */',
        'export const CLASSES: Record<string, Record<string, readonly [smallest: string, regions: string]>> = {',
    ]
    for kind in ('instance', 'cluster', 'cache'):
        lines += [f'  {kind}: {{', *rows(table[kind]), '  },']
    return '\n'.join([*lines, '};', ''])


if __name__ == '__main__':
    if '--check' in sys.argv:
        sys.exit(0 if TABLE.read_text() == text() else f'{TABLE.name} is not what this script writes: run it')
    TABLE.write_text(text())

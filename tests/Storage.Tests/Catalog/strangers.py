"""Catalogs of kinds that the samples do not hold, written by Earth2Studio's own checkpoint.py, and what it says about them.

    strangers.py CHECKPOINT_PY write FOLDER     write the catalogs; what is in them goes to FOLDER/strangers.json
    strangers.py CHECKPOINT_PY continue FOLDER  open what Cairn made of them, compare, restore, go on
"""
from __future__ import annotations

import importlib.util
import json
import pathlib
import shutil
import struct
import sys
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import numpy as np
import torch

spec = importlib.util.spec_from_file_location('original', sys.argv[1])
original = importlib.util.module_from_spec(spec)
sys.modules['original'] = original
spec.loader.exec_module(original)
codec = original._CheckpointCodec
SEED = 20260116


@dataclass
class Inner:
    values: Any
    deeper: Any


@dataclass
class Everything:
    value: Any
    other: Any
    inner: Inner


def tell(v: Any) -> str:
    """A value, its kind and every bit of it, in one line."""
    if v is None:
        return 'none'
    if isinstance(v, bool):
        return f'bool {v}'
    if isinstance(v, int):
        return f'int {v}'
    if isinstance(v, float):
        return 'float ' + struct.pack('>d', v).hex()
    if isinstance(v, str):
        return 'str ' + json.dumps(v)
    if isinstance(v, datetime):
        return 'datetime ' + v.isoformat()
    if isinstance(v, date):
        return 'date ' + v.isoformat()
    if isinstance(v, timedelta):
        return f'timedelta {v.days} {v.seconds} {v.microseconds}'
    if isinstance(v, np.datetime64):
        return f'np_datetime64 {v} {np.datetime_data(v.dtype)[0]}'
    if isinstance(v, np.timedelta64):
        p = codec.encode_np_timedelta(v)
        return f'np_timedelta64 {p["value"]} {p["unit"]}'
    if isinstance(v, torch.device):
        return f'torch_device {v}'
    if isinstance(v, torch.dtype):
        return f'torch_dtype {v}'
    if isinstance(v, np.dtype):
        return f'np_dtype {v}'
    if isinstance(v, np.generic):
        return tell(v.item())
    if isinstance(v, (torch.Tensor, np.ndarray)):
        kind = 'tensor' if isinstance(v, torch.Tensor) else 'ndarray'
        a = v.detach().numpy() if kind == 'tensor' else v
        little = np.ascontiguousarray(a).astype(a.dtype.newbyteorder('<')).reshape(a.shape)
        return f'{kind} {little.dtype} {list(a.shape)} {sha256(little.tobytes()).hexdigest()[:16]}'
    if isinstance(v, list):
        return '[' + ', '.join(map(tell, v)) + ']'
    if isinstance(v, tuple):
        return '(' + ', '.join(map(tell, v)) + ')'
    if isinstance(v, dict):
        return '{' + ', '.join(f'{json.dumps(k)}: {tell(v[k])}' for k in sorted(v)) + '}'
    assert is_dataclass(v), type(v)
    return f'@{original._state_id(v)}{{' + ', '.join(f'{f.name}: {tell(getattr(v, f.name))}' for f in fields(v)) + '}'


def random_text(rng) -> str:
    letters = list('ab \'"\\\n\t\x01\x7f\x85\u00e9\u200b\u2028\u4e2d\ue000\ufeff') + ['\U0001F30D', '\ud800', '\udfff', '\U0010ffff']
    return ''.join(rng.choice(letters) for _ in range(int(rng.integers(0, 9))))


def random_array(rng, dtypes) -> np.ndarray:
    dtype = np.dtype(str(rng.choice(dtypes)))
    shape = tuple(int(n) for n in rng.integers(0, 5, int(rng.integers(0, 4))))
    n = int(np.prod(shape))
    if dtype.kind == 'b':
        return (rng.integers(0, 2, n) == 1).reshape(shape)
    if dtype.kind == 'U':
        return np.array(['a' * int(k) for k in rng.integers(0, 4, n)], dtype=dtype).reshape(shape)
    a = np.frombuffer(rng.bytes(n * dtype.itemsize), dtype=dtype).reshape(shape)
    return np.asfortranarray(a).reshape(shape) if rng.integers(0, 2) else a


STATE_TYPES = ['bool', 'i1', '>i2', 'i4', '>i8', 'u1', 'u2', '>u4', 'u8', 'f2', '>f2', 'f4', '>f8', 'c8', '>c16', 'U3', '>U2', 'S4',
               'M8[h]', 'M8[25s]', '>m8[ns]', 'm8']
SCALARS = [
    None, True, False, 0, -1, 2**63 - 1, -2**63, 2**63, 10**600, -(10**4000), 0.0, -0.0, 1.5, 1e300, 5e-324, float('nan'), float('inf'),
    float('-inf'), '', 'plain', datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999), datetime(2024, 2, 29, 6, 0, 0, 1),
    datetime(2024, 1, 1, tzinfo=timezone.utc), datetime(2024, 1, 1, 5, tzinfo=timezone(timedelta(hours=-5, minutes=-30))),
    date(1, 1, 1), date(9999, 12, 31), timedelta(0), timedelta(microseconds=-1), timedelta(days=10675198),
    timedelta(days=-10675199, seconds=86399),
    np.datetime64('2024-01-01T18', 'h'), np.datetime64('NaT', 's'), np.datetime64('2024', 'Y'), np.datetime64('2024-01-01T00:00:25', '25s'),
    np.timedelta64(6, 'h'), np.timedelta64('NaT', 'ns'), np.timedelta64(3, '25s'), np.timedelta64(-2**53, 'ns'), np.timedelta64(7, 'D'),
    np.timedelta64(14, 'M'), np.timedelta64(90, 'm'), np.timedelta64(0, 's'),
    torch.device('cpu'), torch.device('cuda:1'), torch.float16, torch.bfloat16, np.dtype('float32'), np.dtype('>i4'),
    np.float32(0.1), np.int8(-3),
]


def random_value(rng, depth: int, state: bool) -> Any:
    kind = int(rng.integers(0, 9 if depth > 0 else 5))
    if kind < 3:
        return SCALARS[int(rng.integers(0, len(SCALARS)))]
    if kind == 3:
        return random_text(rng)
    if kind == 4 and state:
        a = random_array(rng, STATE_TYPES)
        torchable = a.dtype.kind in 'if' and a.dtype.isnative
        return torch.from_numpy(a.copy()) if torchable and rng.integers(0, 2) else a
    if kind == 4:
        return float(rng.standard_normal())
    items = [random_value(rng, depth - 1, state) for _ in range(int(rng.integers(0, 4)))]
    if kind == 5:
        return items
    if kind == 6:
        return tuple(items)
    if kind == 7 and state:
        return Inner(items, random_value(rng, depth - 1, state))
    return {f'key {i}' + ('é' if i else ''): item for i, item in enumerate(items)}


def arrays_of_metadata(rng) -> dict[str, Any]:
    return {
        'floats': rng.standard_normal(23), 'singles': rng.standard_normal((3, 11)).astype('f4'), 'halves': np.arange(4, dtype='f2') / 3,
        'wide': np.array([1e-7, 1.0, 1e9]), 'far': np.array([1e-300, 2.5e100, np.nan, -np.inf]), 'long': np.arange(2000.0),
        'table': np.arange(1200).reshape(30, 40),
        'ints': rng.integers(-1000, 1000, 40), 'bools': rng.integers(0, 2, 30) == 1, 'words': np.array(['wind', 'a\'b', 'é']),
        'times': np.array(['2024-01-01T00', '2024-01-01T06', 'NaT'], dtype='M8[h]'), 'spans': np.array([6, -120, 'NaT'], dtype='m8[h]'),
        'one': np.array([[2.5]]), 'tensor': torch.arange(3, dtype=torch.int16), 'none': np.zeros((0, 3)),
        'big': np.array([2**64 - 1, 1], dtype='u8'),
    }


class Catalog:
    """One catalog: what was given, row by row, beside what the original prints."""

    def __init__(self, root: pathlib.Path, name: str, **options: Any) -> None:
        self.name, self.rows = name, []
        self.checkpoint = original.Checkpoint(name, path=root / name, **{'mode': 'append', 'rank': 0, 'world_size': 1, **options})

    def write(self, session, state=None, **metadata: Any) -> None:
        row = session.write(**metadata)
        told = {k: tell(v) for k, v in session._pending_metadata.items()}
        states = {}
        if state is not None and self.checkpoint.level > 0:
            states = {original._state_id(state): {f.name: tell(getattr(state, f.name)) for f in fields(state)}}
        if row is not None:
            self.rows.append({'commit_id': row.commit_id, 'metadata': told, 'states': states})

    def told(self) -> dict[str, Any]:
        ids = [e.commit_id for e in self.checkpoint.catalog]
        rows = {r['commit_id']: r for r in self.rows}
        options = {'mode': self.checkpoint.mode, 'level': self.checkpoint.level, 'history': self.checkpoint.history_size,
                   'rank': self.checkpoint.rank, 'world_size': self.checkpoint.world_size}
        return {'print': str(self.checkpoint), 'rows': [rows[i] for i in ids], 'options': options, 'path': str(self.checkpoint.path)}


def lead(hours: int) -> np.timedelta64:
    return np.timedelta64(hours, 'h')


def kinds(root, rng, name='kinds', rows=6, indexed=True, **options) -> Catalog:
    catalog = Catalog(root, name, **options)
    state = Everything(None, None, Inner(None, None))
    with catalog.checkpoint as session:
        session.bind(state)
        for row in range(1, rows + 1):
            state.value, state.other = random_value(rng, 3, True), random_value(rng, 3, True)
            state.inner = Inner(random_value(rng, 2, True), random_value(rng, 2, True))
            # Without its index the original lists what manifests hold, where tuples are tuples still; Cairn lists what the index would.
            nested = random_value(rng, 2, False) if indexed else [row, 'x']
            catalog.write(session, state, lead_time=lead(row), scalar=SCALARS[row], nested=nested, text=random_text(rng))
    return catalog


def every_scalar(root) -> Catalog:
    catalog = Catalog(root, 'scalars')
    with catalog.checkpoint as session:
        for row, value in enumerate(SCALARS):
            catalog.write(session, lead_time=lead(row), value=value, listed=[value, (value,)], mapped={'k': value})
    return catalog


def with_arrays(root, rng) -> Catalog:
    catalog = Catalog(root, 'metadata-arrays')
    with catalog.checkpoint as session:
        for row in range(2):
            catalog.write(session, lead_time=lead(row), **arrays_of_metadata(rng))
        catalog.write(session, listed=[np.arange(3), np.float32(0.1), np.array([0.1], dtype='f4')])
    return catalog


def labelled(root) -> Catalog:
    catalog = Catalog(root, 'labels', mode='overwrite')
    for member in ('a', 'b', 'a'):
        session = original.CheckpointSession(catalog.checkpoint)
        session.labels = {'member': member, 'number': 3}
        with session:
            catalog.write(session, lead_time=lead(len(catalog.rows)))
    return catalog


def restarted_counts(root) -> Catalog:
    catalog = Catalog(root, 'repeating-counts', flush_interval=2)
    with catalog.checkpoint as session:
        for _ in range(2):
            session.write_count = 0
            for step in range(4):
                catalog.write(session, lead_time=lead(step))
    return catalog


def ranks(root, name, rows_of, lead_of=lambda rank, row: row) -> list[Catalog]:
    catalogs = []
    for rank, rows in enumerate(rows_of):
        catalog = Catalog(root, name, rank=rank, world_size=len(rows_of))
        with catalog.checkpoint as session:
            for row in range(1, rows + 1):
                catalog.write(session, lead_time=lead(lead_of(rank, row)))
        catalog.name = f'{name}/rank_{rank:06d}'
        catalogs.append(catalog)
    return catalogs


def legacy(root, rng) -> Catalog:
    """As versions before metadata wrote it: artifacts, and a lead time of its own."""
    catalog = kinds(root, rng, 'legacy', 2, indexed=False)
    for path in (root / 'legacy' / 'commits').glob('*/manifest.json'):
        manifest = json.loads(path.read_text())
        manifest['artifacts'] = {k: v for k, v in manifest.pop('metadata').items() if k != 'lead_time'}
        manifest['lead_time'] = {'kind': 'np_timedelta64', 'value': manifest['write_count'], 'unit': 'h'}
        manifest['unheard_of'] = {'by': ['anyone']}
        (path.parent / 'metadata').rename(path.parent / 'artifacts')
        path.write_text(json.dumps(manifest))
    (root / 'legacy' / 'catalog.json').unlink()
    return catalog


def write_all(root: pathlib.Path) -> None:
    rng = np.random.default_rng(SEED)
    catalogs = [kinds(root, rng, rows=25), every_scalar(root), with_arrays(root, rng), labelled(root), restarted_counts(root),
                legacy(root, rng)]
    catalogs += [kinds(root, rng, 'overwrite', 4, mode='overwrite'), kinds(root, rng, 'history', 5, history_size=2),
                 kinds(root, rng, 'level-0', 2, level=0), kinds(root, rng, 'level-1', 2, level=1)]
    for name in ('lost-index', 'garbled-index', 'stale-staging'):
        catalogs.append(kinds(root, rng, name, 3, indexed=name == 'stale-staging'))
    (root / 'lost-index' / 'catalog.json').unlink()
    (root / 'garbled-index' / 'catalog.json').write_text('{"version": 1, "entries": [{"commit_id": ')
    shutil.copytree(next((root / 'stale-staging' / 'commits').iterdir()), root / 'stale-staging' / '.tmp_commit_00000009_0123456789ab')
    catalogs += ranks(root, 'one-ahead', [3, 2]) + ranks(root, 'other-lead-times', [2, 2], lambda rank, row: row + 10 * rank * (row == 2))
    catalogs += ranks(root, 'three-ranks', [2, 2, 2])
    (root / 'strangers.json').write_text(json.dumps({c.name: c.told() for c in catalogs}))


def go_on(root: pathlib.Path) -> None:
    told = json.loads((root / 'strangers.json').read_text())
    printed = {}
    for name, was in told.items():
        o = was['options']
        history = None if o['mode'] == 'overwrite' else o['history']
        c = original.Checkpoint(name.split('/')[0], path=was['path'], mode=o['mode'], history_size=history, level=o['level'],
                                rank=o['rank'], world_size=o['world_size'])
        printed[name] = str(c)
        with c as session:
            # Cairn was given no factory for tensors, so it handed them back as arrays.
            metadata = {k: tell(v) for k, v in session.metadata.items()}
            expected = {k: v.replace('tensor ', 'ndarray ') for k, v in was['rows'][-1]['metadata'].items()}
            assert metadata.pop('by') == 'str "Cairn"', (name, metadata)
            metadata['lead_time'] = expected.get('lead_time')
            differing = {k: (expected.get(k), metadata.get(k)) for k in {*metadata, *expected} if expected.get(k) != metadata.get(k)}
            assert not differing, (name, differing)
            for state_id, values in was['rows'][-1]['states'].items():
                # The row that Cairn added holds no state, since nothing was bound; the one before is looked at instead.
                before = c.select(-2) if len(c.catalog) > 1 else None
                if before is not None:
                    state = Everything(None, None, Inner(None, None))
                    bound = before.bind(state)
                    assert bound.checkpoint_state_loaded, name
            assert session.write(lead_time=lead(99), by='the original') is not None
    (root / 'printed.json').write_text(json.dumps(printed))


{'write': write_all, 'continue': go_on}[sys.argv[2]](pathlib.Path(sys.argv[3]))

"""What clients of Python make of the settings, and whether real servers take them: reads requests as JSON, answers as JSON."""

import json
import sys
from traceback import format_exc
from urllib.parse import urlsplit

import dj_database_url
import psycopg
import pymysql
import redis
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import create_engine, make_url, text


def sqlalchemy_url(url):
    """With a driver that is installed here, and nothing else changed."""
    return make_url(url).set(drivername={'postgresql': 'postgresql+psycopg', 'mysql': 'mysql+pymysql'}[make_url(url).drivername])


def readings(row):
    """What each library reads from the settings, in the same words."""
    url = make_url(row['url'])
    yield 'SQLAlchemy', (url.username, url.password, url.host, str(url.port), url.database)
    django = dj_database_url.parse(row['url'])
    yield 'dj-database-url', (django['USER'], django['PASSWORD'], django['HOST'], str(django['PORT']), django['NAME'])
    if row['url'].startswith('postgresql:'):
        libpq = conninfo_to_dict(row['url'])
        yield 'libpq', (libpq['user'], libpq['password'], libpq['host'], libpq['port'], libpq['dbname'])
    else:
        split = urlsplit(row['url'])
        yield 'urllib', (split.username, split.password, split.hostname, str(split.port), split.path[1:])
    login, place = row['uri'].split('@')
    yield 'user:password@host:port', (*login.split(':'), *place.split(':'), row['database'])


def parse(request):
    wrong = []
    count = 0
    with open(request['file'], encoding='utf-8') as rows:
        for line in rows:
            row = json.loads(line)
            expected = (row['username'], row['password'], row['host'], row['port'], row['database'])
            for library, found in readings(row):
                count += 1
                if found != expected:
                    wrong.append(f"{library} reads {row['url']} as {found}")
    return {'readings': count, 'wrong': wrong[:5], 'wrongCount': len(wrong)}


def login(request):
    """Whether a URL logs in over TLS, and which error it gets without."""
    url = sqlalchemy_url(request['url'])
    is_postgres = url.drivername.startswith('postgresql')
    # libpq takes TLS by itself where a server has it; PyMySQL must be told.
    encrypted = {} if is_postgres else {'ssl': {'check_hostname': False}}
    plain = {'sslmode': 'disable'} if is_postgres else {'ssl_disabled': True}
    try:
        with create_engine(url, connect_args=plain if request.get('plain') else encrypted).connect() as connection:
            if is_postgres:
                tls = connection.execute(text('SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()')).scalar()
            else:
                tls = connection.execute(text("SHOW STATUS LIKE 'Ssl_version'")).first()[1]
            return {'tls': tls, 'user': connection.execute(text('SELECT current_user')).scalar().split('@')[0]}
    except Exception as error:  # which one is what is asked for
        return {'error': str(getattr(error, 'orig', error))}


def administer(request):
    """Runs statements as the owner of the server, by its socket, and gives the rows that each has."""
    if request['server'] == 'postgres':
        connection = psycopg.connect(host=request['socket'], user='owner', dbname='postgres', port=request['port'], autocommit=True)
    else:
        connection = pymysql.connect(unix_socket=request['socket'], user='root')
    with connection, connection.cursor() as cursor:
        answers = []
        for statement in request['statements']:
            cursor.execute(statement)
            answers.append([[str(value) for value in row] for row in cursor.fetchall()] if cursor.description else [])
        return answers


def cache(request):
    """Runs commands by the URL of a cache, up to the first that fails."""
    tls = {'ssl_ca_certs': request.get('authorities')} if request['url'].startswith('rediss:') else {}
    try:
        with redis.Redis.from_url(request['url'], decode_responses=True, socket_timeout=10, **tls) as client:
            return {'answers': [client.execute_command(*command) for command in request['commands']]}
    except redis.RedisError as error:
        return {'error': f'{type(error).__name__}: {error}'}


def celery(request):
    """Sends a task by the URL as broker, works it off, and reads its result by the URL as backend."""
    from celery import Celery
    from celery.contrib.testing.worker import start_worker

    try:
        app = Celery('test', broker=request['url'], backend=request['url'])
        app.conf.update(broker_connection_retry_on_startup=False, result_backend_transport_options={'retry_policy': {'timeout': 5.0}})

        @app.task(name='add')
        def add(first, second):
            return first + second

        result = add.apply_async((2, 3), retry=False)
        with start_worker(app, perform_ping_check=False):
            return {'answers': [result.get(timeout=30)]}
    except Exception:  # which one, and what it was caused by, is what is asked for
        return {'error': format_exc()}


def django(request):
    """Writes to and reads from Django's cache, as its documentation says to configure it."""
    from django.conf import settings
    from django.core.cache import cache as configured

    settings.configure(CACHES={'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': request['url']}})
    try:
        configured.set('greeting', 'hello')
        return {'answers': [configured.get('greeting')]}
    except Exception as error:  # which one is what is asked for
        return {'error': f'{type(error).__name__}: {error}'}


request = json.load(sys.stdin)
actions = {'parse': parse, 'login': login, 'administer': administer, 'cache': cache, 'celery': celery, 'django': django}
print(json.dumps(actions[request['do']](request)))

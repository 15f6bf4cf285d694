"""What clients of Python make of the settings, and whether real servers take them: reads requests as JSON, answers as JSON."""

import json
import sys
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


request = json.load(sys.stdin)
print(json.dumps({'parse': parse, 'login': login, 'administer': administer, 'cache': cache}[request['do']](request)))

"""What the photo function is measured against, and answers as worker.ts asks: a JSON text a line each way."""
import io
import json
import os
import sys
import time


def vips_thumbnail(file, repetitions):
    """What `vipsthumbnail --size 256x256>` does, without its start: the same libvips, the same settings of the encoder as sharp's."""
    import pyvips

    pyvips.cache_set_max(0)
    source = content(file)
    return timed(lambda: saved(pyvips.Image.thumbnail_buffer(source, 256, height=256, size="down", fail_on="error"), file), repetitions)


def vips_half(file, repetitions):
    """Half size by libvips, where the decoder of JPEG and WebP makes it half at once; sharp has no option for that."""
    import pyvips

    pyvips.cache_set_max(0)
    source = content(file)
    load = {
        ".png": lambda: pyvips.Image.pngload_buffer(source, fail_on="error").resize(0.5),
        ".webp": lambda: pyvips.Image.webpload_buffer(source, scale=0.5, fail_on="error"),
        ".jpg": lambda: pyvips.Image.jpegload_buffer(source, shrink=2, fail_on="error"),
    }[os.path.splitext(file)[1]]
    return timed(lambda: saved(load().autorot(), file), repetitions)


def saved(image, file):
    return {
        ".png": lambda: image.pngsave_buffer(keep="none"),
        ".webp": lambda: image.webpsave_buffer(Q=80, keep="none"),
        ".jpg": lambda: image.jpegsave_buffer(Q=80, optimize_coding=True, keep="none"),
    }[os.path.splitext(file)[1]]()


def content(file):
    with open(file, "rb") as opened:
        return opened.read()


def pillow_half(file, repetitions):
    source = content(file)
    return timed(lambda: half(source), repetitions)


def half(source):
    """The source system's operation."""
    from PIL import Image

    pillow_heif().register_heif_opener()
    result = io.BytesIO()
    with Image.open(io.BytesIO(source)) as image:
        image.thumbnail(tuple(length / 2 for length in image.size))
        image.save(result, image.format)
    return result.getvalue()


def pillow_heif():
    import pillow_heif

    pillow_heif.options.DECODE_THREADS = 1
    return pillow_heif


def heic_of(file, result):
    """As a phone would have stored it, but in one piece instead of tiles."""
    from PIL import Image

    pillow_heif().register_heif_opener()
    with Image.open(file) as image:
        image.save(result, "HEIF", quality=80)


def libheif_thumbnail(file, repetitions):
    source = content(file)
    return timed(lambda: thumbnail(source), repetitions)


def thumbnail(source):
    from PIL import Image

    pillow_heif().register_heif_opener()
    result = io.BytesIO()
    with Image.open(io.BytesIO(source)) as image:
        image.thumbnail((256, 256))
        image.save(result, "JPEG", quality=80, optimize=True)
    return result.getvalue()


clients = {}


def client(url):
    import boto3

    if url not in clients:
        clients[url] = boto3.client("s3", endpoint_url=url, region_name="eu-central-1", aws_access_key_id="key", aws_secret_access_key="secret")
    return clients[url]


def source_system(aws, wasabi, key, version):
    """Fetch, thumbnail, archive, delete: one after the other, and nothing verified."""

    def run():
        place = {"Bucket": "dropbox", "Key": key, "VersionId": version}
        source = client(aws).get_object(**place)["Body"].read()
        client(aws).put_object(Bucket="thumbnails", Key=key, Body=half(source))
        client(wasabi).put_object(Bucket="photoarchive", Key=key, Body=source)
        client(aws).delete_object(**place)

    return timed(run)


def timed(run, repetitions=1):
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(repetitions):
        run()
    return {"wallMs": (time.perf_counter() - wall) * 1000 / repetitions, "cpuMs": (time.process_time() - cpu) * 1000 / repetitions}


def versions():
    import boto3
    import PIL
    import pillow_heif
    import pyvips

    return {
        "pillow": PIL.__version__,
        "pillow-heif": pillow_heif.__version__,
        "libheif": pillow_heif.libheif_version(),
        "libvips of pyvips": ".".join(str(pyvips.version(part)) for part in range(3)),
        "boto3": boto3.__version__,
        "Python": sys.version.split()[0],
    }


for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"result": globals()[request.pop("operation")](**request)}
    except Exception as error:  # it is for the asker to see
        answer = {"error": repr(error)}
    print("answer " + json.dumps(answer), flush=True)

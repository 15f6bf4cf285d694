# What AppImage.directory() builds in a test: without a registry, of an image that the engine has.
FROM cdk-mainstay-test/server:1 AS server
ARG VERSION
COPY greeting.txt /srv/greeting.txt
ENV IMAGE_SERVICE=built IMAGE_VERSION=$VERSION
CMD ["python3", "/srv/server.py", "serve"]

FROM server
ENV IMAGE_VERSION=of-the-wrong-stage

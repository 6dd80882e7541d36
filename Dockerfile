# The image with tidings, git and CA certificates: docker run --rm --volume "$PWD:/work" tidings notes
FROM rust:1-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked --bin tidings

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git \
    && rm --recursive --force /var/lib/apt/lists/*
# A mounted work tree belongs to another user.
RUN git config --system --add safe.directory '*' \
    && useradd --uid 10001 --create-home tidings
COPY --from=build /source/target/release/tidings /usr/local/bin/tidings
USER tidings
WORKDIR /work
ENTRYPOINT ["tidings"]

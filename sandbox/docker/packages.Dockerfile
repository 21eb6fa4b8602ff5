# The interpreter and the frameworks of the docker sandbox: what changes only with the pins.
# Build it with `grader runtime build`, which puts the wheels, checked against their hashes, beside this file: the build
# itself needs no network.
ARG BASE
FROM ${BASE} AS install
LABEL grader.stage=install
COPY wheels /wheels
RUN python3 -m venv /opt/runtime && /opt/runtime/bin/pip install --quiet --no-index --no-deps /wheels/*.whl

FROM ${BASE}
ARG BASE_ID
LABEL grader.base=${BASE_ID}
COPY --from=install /opt/runtime /opt/runtime

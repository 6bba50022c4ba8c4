"""The schema of config/engine.toml: where exports are, and how much DuckDB and Spark may use."""

from typing import TYPE_CHECKING, Annotated

import msgspec

if TYPE_CHECKING:
    from burnbook.config.loader import Config

FILE = "engine.toml"
Path = Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
Memory = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,6}(MB|GB|TB)\Z")]
SparkMemory = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,6}[mgt]\Z")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]


class DuckDB(msgspec.Struct, frozen=True):
    """[duckdb]. `threads`: 0 for all cores. What exceeds the memory goes to `temp_directory`."""

    memory_limit: Memory = "2GB"
    threads: Annotated[int, msgspec.Meta(ge=0, le=1024)] = 0
    temp_directory: Path | None = None


class Spark(msgspec.Struct, frozen=True):
    """[spark]. `partitions` is the number of parts of each shuffle."""

    master: Text = "local[*]"
    driver_memory: SparkMemory = "1g"
    executor_memory: SparkMemory = "1g"
    partitions: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 8


class Settings(msgspec.Struct, frozen=True):
    """config/engine.toml. `export` is the folder that `query` reads without --from."""

    export: Path | None = None
    duckdb: DuckDB = DuckDB()
    spark: Spark = Spark()


def read_settings(config: "Config") -> Settings:
    """Returns the settings. Raises BadConfig."""
    return config.parts(FILE, Settings, {}, {"duckdb": DuckDB, "spark": Spark})

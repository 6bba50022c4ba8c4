"""The book as Parquet files: `export parquet` writes them, `import parquet` reads them."""

"""The only writer: notebooks executed by Papermill, pages, results, manifest, each into a folder that appears whole."""

from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from samstudio.domain import Conflict, InvalidInput, NotFound, Unavailable
from samstudio.files import sha256_of
from samstudio.records import VersionConfig
from samstudio.sam.decoder import load_decoder_state, save_decoder
from samstudio.sam.models import StockWeights
from samstudio.sam.transfer.state import decoder_weights
from samstudio.sam.weights.sources import WeightFiles
from samstudio.services.versions.service import VersionService
from samstudio.services.versions.transfer import TransferService
from tests.unit.sam.stock import random_state


@pytest.fixture(scope="module")
def stock(tmp_path_factory) -> StockWeights:
    folder = tmp_path_factory.mktemp("weights")
    (folder / "sam.onnx").write_bytes(b"base")
    return StockWeights("vit_t", random_state(), WeightFiles(folder / "encoder.onnx", folder / "sam.onnx"))


@pytest.fixture
def versions(database, tmp_path) -> VersionService:
    return VersionService(database=database, folder=tmp_path / "decoders", model="vit_t")


@pytest.fixture
def transfer(versions, stock) -> TransferService:
    def no_graph() -> Path:
        raise Unavailable("sam.onnx could not be had")

    return TransferService(versions=versions, stock=lambda: stock, graph=no_graph)


@pytest.fixture
def tuned(stock):
    return {name: value + 0.01 for name, value in decoder_weights(stock).items()}


def make(versions, tuned, **options):
    return versions.create(write=lambda path: save_decoder(path, tuned, {}), reason="better", **options)


def test_a_version_goes_out_and_comes_back_as_the_next_one(transfer, versions, tuned, tmp_path):
    make(versions, tuned, promote=True)
    for number, name in ((2, "mine.safetensors"), (3, "mine.pth")):
        file = transfer.export_version(None, name.split(".")[1], tmp_path / name)
        assert (file.version, file.model, file.path) == (1, "vit_t", tmp_path / name)
        assert (file.bytes, file.sha256) == ((tmp_path / name).stat().st_size, sha256_of(tmp_path / name))
        assert "vit_t's exists only as ONNX" in file.note
        made = transfer.import_version(tmp_path / name, reason=" from the lab " if number == 2 else "")
        assert (made.number, made.promoted, made.parent) == (number, False, 0)
        assert made.reason == f"imported from {name}" + (": from the lab" if number == 2 else "")
        assert made.config == VersionConfig(imported_from=name, sha256=file.sha256)
        back = load_decoder_state(versions.path(number))
        assert set(back) == set(tuned)
        assert all(torch.equal(back[key], tuned[key]) for key in tuned)
    assert versions.live().number == 1


def test_the_metadata_says_where_a_file_comes_from(transfer, versions, stock, tuned, tmp_path):
    make(versions, tuned)
    transfer.export_version(1, "safetensors", tmp_path / "a.safetensors")
    with safe_open(tmp_path / "a.safetensors", "pt") as file:
        metadata = file.metadata()
    assert metadata["base_sha256"] == sha256_of(stock.files.decoder)
    assert (metadata["model"], metadata["version"], metadata["reason"]) == ("vit_t", "1", "better")
    assert metadata["created"] == versions.get(1).created_at.isoformat()


def test_stock_goes_out_too(transfer, stock, tmp_path):
    transfer.export_version(0, "pth", tmp_path / "stock.pth")
    loaded = torch.load(tmp_path / "stock.pth", weights_only=True)
    assert all(torch.equal(loaded[name], value) for name, value in stock.state.items())


def test_what_cannot_be_written_is_told_and_leaves_nothing(transfer, versions, tmp_path):
    for number, name, path, error, words in (
        (
            0,
            "zip",
            tmp_path / "a.zip",
            InvalidInput,
            "there is no format 'zip': choose one of pth, safetensors, onnx",
        ),
        (7, "pth", tmp_path / "a.pth", NotFound, "there is no version 7"),
        (0, "pth", tmp_path / "no" / "a.pth", InvalidInput, "the folder .*no does not exist"),
        (0, "pth", tmp_path, InvalidInput, "is a folder: name the file"),
        (0, "onnx", tmp_path / "a.onnx", Unavailable, "sam.onnx could not be had"),
    ):
        with pytest.raises(error, match=words):
            transfer.export_version(number, name, path)
    assert not list(tmp_path.glob("*.*"))


def test_a_file_that_is_refused_takes_no_number(transfer, versions, tmp_path):
    (tmp_path / "bad.pth").write_bytes(b"garbage")
    with pytest.raises(InvalidInput, match=r"bad.pth cannot be read as tensors"):
        transfer.import_version(tmp_path / "bad.pth")
    assert [v.number for v in versions.list()] == [0]


def test_a_version_that_another_came_from_can_be_deleted(transfer, versions, tuned, tmp_path):
    """Each version's file is whole, so a parent is a matter of history."""
    make(versions, tuned)
    make(versions, tuned, parent=1, promote=True)
    versions.delete(1)
    assert transfer.export_version(2, "pth", tmp_path / "two.pth").version == 2
    with pytest.raises(Conflict, match="version 2 is live"):
        versions.delete(2)
    with pytest.raises(NotFound, match="version 1 was deleted"):
        transfer.export_version(1, "pth", tmp_path / "one.pth")


def test_another_model_s_version_is_not_mixed_with_this_model(transfer, database, tuned, tmp_path):
    make(VersionService(database=database, folder=tmp_path / "decoders", model="vit_b"), tuned)
    with pytest.raises(InvalidInput, match="version 1 is a decoder of vit_b, not vit_t"):
        transfer.export_version(1, "pth", tmp_path / "a.pth")

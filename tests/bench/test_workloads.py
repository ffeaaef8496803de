def test_a_soak_loses_nothing_and_sees_what_grows(ours: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.soak._SLICES", 4)
    slices = uvloop.run(soak.soak(ours, clients=5, rate=50, seconds=2, churn=0.4))
    assert [each.lost for each in slices] == [0] * 4
    assert all(0 < each.p50 <= each.p99 for each in slices)
    leaking = [soak.Slice(100 + number, 0.1, 1, 1, 0) for number in range(20)]
    memory, cpu = soak.growth(leaking)
    assert memory == pytest.approx(10 / 107)
    assert cpu == 0

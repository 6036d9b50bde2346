"""What is derived from an estimator is made once, and anew when the estimator learnt again."""

import gc
import pickle
from weakref import ref

import numpy as np
from sklearn.base import BaseEstimator
from vitrion.models.numerics.cache import _KEPT, kept


class Fitted(BaseEstimator):
    def __init__(self):
        self.coef_ = np.arange(3)

    def doubled(self, key=b"", most=2):
        return kept(self, self.coef_, lambda: self.coef_ * 2, key, most)


def test_it_is_made_once_for_a_key():
    one = Fitted()
    assert one.doubled() is one.doubled()
    assert one.doubled(b"a") is not one.doubled(b"b")


def test_a_fit_or_another_estimator_has_its_own():
    one, other = Fitted(), Fitted()
    before = one.doubled()
    assert other.doubled() is not before
    one.coef_ = np.ones(3)
    assert one.doubled().tolist() == [2, 2, 2]


def test_it_keeps_no_more_than_told():
    one = Fitted()
    first = one.doubled(b"1")
    one.doubled(b"2")
    assert one.doubled(b"1") is first
    one.doubled(b"3")
    assert one.doubled(b"1") is not first


def test_it_is_in_no_file_and_goes_with_the_estimator():
    one = Fitted()
    gone = ref(one.doubled())
    assert pickle.dumps(one) == pickle.dumps(Fitted())
    del one
    gc.collect()
    assert gone() is None


def test_another_thread_may_forget_all_between_two_looks():
    one, looks = Fitted(), []

    class Key(bytes):
        def __hash__(self):
            looks.append(1)
            if len(looks) == 2:  # as if another thread had filled it
                _KEPT[one][1].clear()
            return bytes.__hash__(self)

    first = one.doubled(b"a")
    assert one.doubled(Key(b"a")) is first
